/// A real Kafka broker on this machine.
///
/// [EmbeddedKafka] runs one in this process, for tests; [BrokerProcess] runs one in a child
/// process, for `dev` and `demo`. What goes wrong is a [BrokerException].
@NullMarked
package dev.millrace.broker;

import org.jspecify.annotations.NullMarked;
