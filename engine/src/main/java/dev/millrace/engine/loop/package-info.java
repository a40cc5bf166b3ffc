/// The engine thread: Kafka's clients on one side, the pure core on the other.
///
/// [EngineLoop] is the loop, a page in numbered steps; [StartingPositions] says where a partition
/// is read from.
@NullMarked
package dev.millrace.engine.loop;

import org.jspecify.annotations.NullMarked;
