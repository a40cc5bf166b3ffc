/// From numbers to a page: a [Run] is what a result file holds, a [Standing] or [KeyStanding] what
/// the measurements of one contender come to, [Page] the Markdown, [Results] the files.
@NullMarked
package dev.millrace.bench.report;

import org.jspecify.annotations.NullMarked;
