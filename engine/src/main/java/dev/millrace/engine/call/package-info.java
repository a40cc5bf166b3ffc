/// Calling the author's code: reading annotations, decoding, calling, validating, encoding.
///
/// [FunctionScanner] finds the functions, a [FunctionInvoker] calls one: [CallRequest] goes in,
/// [CallResult] comes out. [CallExecutor] runs calls off the engine thread and delivers what they
/// return.
@NullMarked
package dev.millrace.engine.call;

import org.jspecify.annotations.NullMarked;
