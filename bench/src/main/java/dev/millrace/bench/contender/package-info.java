/// The ways to pass records through that are measured side by side, each alone in a JVM of its own.
///
/// [Peer] lists them; [ContenderProcess] is the process around one, [ClientSettings] what all of
/// them tell the Kafka clients. [KeyPeer] and [KeyProcess] are the same for functions that wait,
/// under the order of keys.
@NullMarked
package dev.millrace.bench.contender;

import org.jspecify.annotations.NullMarked;
