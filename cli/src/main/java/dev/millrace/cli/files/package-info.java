/// What is in files, at one moment and again and again.
///
/// [Snapshot] is one moment, [FilesRead] notes what was in files when they were read, and [Sight]
/// looks again without reading what has not changed.
@NullMarked
package dev.millrace.cli.files;

import org.jspecify.annotations.NullMarked;
