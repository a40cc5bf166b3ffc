import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// Puts each user into one bucket of every experiment that runs.
///
/// The bucket is computed from the user and the experiment's salt, and nothing is stored: the same
/// user is in the same bucket whenever and wherever this is asked, and being called twice changes
/// nothing. Salts differ, so that who sees the new basket says nothing about who gets the voucher.
///
/// A bucket holds a range of the numbers from 0 to 1. Another weight moves the users at its ends,
/// and a new salt moves everybody: an experiment that runs keeps both.
public class AbBucketAllocation {
  /// @param user the user's id
  public record Seen(String user) {}

  public record Allocated(String user, String experiment, String bucket) {}

  /// @param weight its part of the users, in relation to the weights of the other buckets
  record Bucket(String name, int weight) {}

  /// @param salt what makes its allocation differ from that of other experiments
  record Experiment(String name, String salt, List<Bucket> buckets) {}

  static final List<Experiment> EXPERIMENTS =
      List.of(
          new Experiment(
              "new-basket", "Wq7", List.of(new Bucket("control", 50), new Bucket("treatment", 50))),
          new Experiment(
              "voucher",
              "b2K",
              List.of(new Bucket("none", 80), new Bucket("5-euros", 15), new Bucket("gift", 5))));

  @KafkaFunction(
      name = "ab-buckets",
      topics = "user.seen",
      outputs = @Output(topic = "experiment.allocated"))
  public List<Emit<Allocated>> allocate(Seen seen) {
    return EXPERIMENTS.stream()
        .map(experiment ->
            new Allocated(seen.user(), experiment.name(), bucket(experiment, seen.user())))
        .map(allocated -> Emit.of(allocated).key(allocated.user()))
        .toList();
  }

  static String bucket(Experiment experiment, String user) {
    int total = experiment.buckets().stream().mapToInt(Bucket::weight).sum();
    double place = place(experiment.salt(), user) * total;
    int end = 0;
    for (Bucket bucket : experiment.buckets()) {
      end += bucket.weight();
      if (place < end) {
        return bucket.name();
      }
    }
    throw new IllegalStateException("the weights of " + experiment.name() + " must be positive");
  }

  /// Where the user is between 0 and 1: evenly spread, and different with each salt.
  private static double place(String salt, String user) {
    byte[] hash = sha256().digest((salt + ":" + user).getBytes(StandardCharsets.UTF_8));
    long bits = ByteBuffer.wrap(hash).getLong();
    // The 53 bits that a double holds.
    return (bits >>> 11) * 0x1p-53;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }
}
