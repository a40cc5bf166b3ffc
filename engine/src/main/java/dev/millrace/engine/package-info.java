/// Functions running in this process.
///
/// [Engine] runs any number of them against one cluster; a [FunctionRun] is one of them, a
/// [FunctionStatus] how it stands; a [BoundedRun] ends them where the data ends.
@NullMarked
package dev.millrace.engine;

import org.jspecify.annotations.NullMarked;
