/// What functions, and Millrace itself, are tested with. [dev.millrace.testing.simulation] is the
/// simulated Kafka cluster.
@NullMarked
package dev.millrace.testing;

import org.jspecify.annotations.NullMarked;
