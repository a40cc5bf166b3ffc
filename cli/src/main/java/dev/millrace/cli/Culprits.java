package dev.millrace.cli;

import dev.millrace.engine.FunctionStatus;
import dev.millrace.engine.FunctionStatus.StoppedPartition;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.kafka.RecordId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Says of each message at which a partition stopped how to try it by itself, once. Touched by one
/// thread.
final class Culprits {
  private final NextCommand test;
  private final Consumer<String> say;
  private Set<Place> said = Set.of();

  private record Place(String function, RecordId message) {}

  /// @param test tries the functions, when it is told on what
  Culprits(NextCommand test, Consumer<String> say) {
    this.test = test;
    this.say = say;
  }

  /// Tells where functions stopped since it was told last.
  ///
  /// @param functions how all of them stand
  void look(List<FunctionStatus> functions) {
    Set<Place> stopped = new HashSet<>();
    for (FunctionStatus function : functions) {
      for (StoppedPartition each : function.stopped()) {
        if (isOfMessage(each.failure())) {
          stopped.add(
              new Place(
                  function.function(),
                  new RecordId(
                      each.partition().topic(), each.partition().partition(), each.offset())));
        }
      }
    }
    stopped.stream().filter(place -> !said.contains(place)).forEach(this::tell);
    // One that goes on and stops there again is told again.
    said = stopped;
  }

  private void tell(Place place) {
    say.accept(
        "["
            + place.function
            + "] stopped at the message "
            + place.message
            + ". Try it with: "
            + test.and("--function", place.function, "--at", place.message.toString()));
  }

  private static boolean isOfMessage(Failure failure) {
    return switch (failure) {
      case Failure.FunctionFailed f -> true;
      case Failure.Overdue f -> true;
      case Failure.Unreadable f -> true;
      case Failure.InvalidOutput f -> true;
      case Failure.Verdict f -> true;
      case Failure.DeadLetterRefused f -> true;
      case Failure.TooManyDeadLetters f -> true;
      case Failure.Unavailable f -> false;
      case Failure.Unreachable f -> false;
      case Failure.Defect f -> false;
    };
  }
}
