package dev.millrace.engine.call;

import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a call ended. The function has dealt with the first [#done] records; of those each is
/// finished, and the outputs are theirs, but for the ones that stand apart. The failure, if any, is
/// that of the record after them, or of the rest of the batch, and produces nothing.
///
/// @param done how many of the request's records were dealt with; without a failure those behind
///   them were not called
/// @param apart those of them that cannot be read or were given a verdict, in their order
/// @param outputs validated and encoded, in the order they are to be sent; none of records that
///   stand apart
/// @param tombstones how many of the finished records were tombstones that the function does not
///   take
/// @param failure null when every record was dealt with
/// @param alone whether the failure is that of the next record alone, and those behind it were not
///   called
public record CallResult(
    int done,
    List<Event.Apart> apart,
    List<OutgoingRecord> outputs,
    int tombstones,
    @Nullable Failure failure,
    boolean alone) {
  /// Without a record that stands apart; what failed is the rest of the batch.
  public CallResult(
      int done, List<OutgoingRecord> outputs, int tombstones, @Nullable Failure failure) {
    this(done, List.of(), outputs, tombstones, failure, false);
  }
}
