/// What the contenders run on: [Cluster] with its topics, [ChildJvm] for each contender, [Machine]
/// for what it all stands on.
@NullMarked
package dev.millrace.bench.stage;

import org.jspecify.annotations.NullMarked;
