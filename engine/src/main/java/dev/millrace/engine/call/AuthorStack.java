package dev.millrace.engine.call;

import dev.millrace.engine.schema.JsonInput;
import dev.millrace.engine.schema.JsonOutput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Shows what the author's code threw as its author wants to see it: their own lines, from the
/// exception and each of its causes.
public final class AuthorStack {
  private static final int MOST_FRAMES = 20;

  /// What calls the author's code: the frames from there on down are ours.
  private static final Set<String> CALLERS =
      Set.of(
          FunctionCall.class.getName(),
          FunctionInstances.class.getName(),
          JsonInput.class.getName(),
          JsonOutput.class.getName());

  private AuthorStack() {}

  /// The exception and its causes, each with the author's frames below it, four blanks in. Of an
  /// exception without any, such as one made in a thread pool, the three topmost frames.
  ///
  /// @param thrown what was thrown
  /// @param authors a class of the author's: frames of classes that its loader defined are theirs
  public static String render(Throwable thrown, Class<?> authors) {
    return render(thrown, authors.getClassLoader());
  }

  /// The same for frames of classes that this loader defined.
  public static String render(Throwable thrown, ClassLoader authors) {
    StringBuilder text = new StringBuilder();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable one = thrown; one != null && seen.add(one); one = one.getCause()) {
      text.append(text.isEmpty() ? "" : "\nCaused by: ").append(one);
      append(text, one.getStackTrace(), authors);
    }
    return text.toString();
  }

  /// The author's frames of a thread that is in their code, each on a line of its own, four blanks
  /// in, with a line feed before the first.
  static String lines(StackTraceElement[] frames, Class<?> authors) {
    StringBuilder text = new StringBuilder();
    append(text, frames, authors.getClassLoader());
    return text.toString();
  }

  private static void append(StringBuilder text, StackTraceElement[] frames, ClassLoader loader) {
    List<StackTraceElement> theirs = new ArrayList<>();
    for (StackTraceElement frame : frames) {
      if (CALLERS.contains(frame.getClassName())) {
        break;
      }
      if (isTheirs(frame, loader)) {
        theirs.add(frame);
      }
    }
    boolean none = theirs.isEmpty();
    List<StackTraceElement> shown = none ? List.of(frames) : theirs;
    int most = Math.min(none ? 3 : MOST_FRAMES, shown.size());
    for (StackTraceElement frame : shown.subList(0, most)) {
      text.append("\n    at ").append(withoutLoader(frame));
    }
    if (!none && shown.size() > most) {
      text.append("\n    ... ").append(shown.size() - most).append(" more");
    }
  }

  /// The loader's name in front of the class says nothing to the author.
  private static StackTraceElement withoutLoader(StackTraceElement frame) {
    return new StackTraceElement(
        frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
  }

  private static boolean isTheirs(StackTraceElement frame, ClassLoader loader) {
    try {
      return Class.forName(frame.getClassName(), false, loader).getClassLoader() == loader;
    } catch (ClassNotFoundException | LinkageError e) {
      // A class made at run time, such as a proxy.
      return false;
    }
  }
}
