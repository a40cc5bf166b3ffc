package dev.millrace.engine.call;

import dev.millrace.engine.core.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a call ended. The first [#done] records are finished, and the outputs are theirs; the
/// failure, if any, is that of the record after them (or of the rest of the batch) and produces
/// nothing.
///
/// @param done how many of the request's records are finished; all of them without a failure
/// @param outputs validated and encoded, in the order they are to be sent
/// @param tombstones how many of the finished records were tombstones that the function does not
///   take
/// @param failure null when every record is finished
public record CallResult(
    int done, List<OutgoingRecord> outputs, int tombstones, @Nullable Failure failure) {}
