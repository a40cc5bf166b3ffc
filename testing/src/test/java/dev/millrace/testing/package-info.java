/// What [FunctionTester] and [KafkaExtension] do for the [Functions] here.
@NullMarked
package dev.millrace.testing;

import org.jspecify.annotations.NullMarked;
