package dev.millrace.engine.schema;

import dev.millrace.engine.schema.Inference.Field;
import dev.millrace.engine.schema.Inference.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.SourceVersion;

/// Java records that read what was inferred. A component has its field's very name; a field whose
/// name is none that a component can have is left out, which [#leftOut] says, and is ignored when
/// records are read.
public final class RecordSource {
  /// Names that no component of a record may have.
  private static final Set<String> METHODS =
      Set.of(
          "clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");

  /// Java's limit for a constructor, which has one of them for itself; a primitive `long` or
  /// `double` takes two.
  private static final int MOST_SLOTS = 254;

  private final Set<String> taken;
  private final Set<String> imports = new TreeSet<>();
  private final List<String> declarations = new ArrayList<>();
  private final Set<String> leftOut = new LinkedHashSet<>();

  /// @param taken names of types that the records must not have
  public RecordSource(Set<String> taken) {
    this.taken = new LinkedHashSet<>(taken);
  }

  /// Declares a record for these objects, and those that it needs.
  ///
  /// @param name what it should be called
  /// @return what it is called; empty where a record would have no component, or it is no object
  public Optional<String> declare(String name, Field object) {
    if (object.kind().filter(Kind.OBJECT::equals).isEmpty()) {
      return Optional.empty();
    }
    String type = free(name);
    int place = declarations.size();
    List<Field> usable = new ArrayList<>();
    for (Field field : object.fields()) {
      if (isComponent(field.name())) {
        usable.add(field);
      } else {
        leftOut.add(field.path());
      }
    }
    // Inference finds maps where there are more names than slots: boxed, they always fit.
    boolean primitives = usable.stream().mapToInt(RecordSource::slots).sum() <= MOST_SLOTS;
    List<String> components = usable.stream().map(field -> component(field, primitives)).toList();
    if (components.isEmpty()) {
      taken.remove(type);
      return Optional.empty();
    }
    declarations.add(place, declaration(type, components));
    return Optional.of(type);
  }

  /// The declarations, the outermost first.
  public List<String> declarations() {
    return List.copyOf(declarations);
  }

  /// What is to be imported for them, in order.
  public Set<String> imports() {
    return imports;
  }

  /// The paths of the fields that no component can have.
  public Set<String> leftOut() {
    return leftOut;
  }

  private static boolean isComponent(String name) {
    return SourceVersion.isIdentifier(name)
        && !SourceVersion.isKeyword(name)
        && !METHODS.contains(name);
  }

  private static String declaration(String type, List<String> components) {
    String one = "record " + type + "(" + String.join(", ", components) + ") {}";
    return one.length() <= 88
        ? one
        : "record " + type + "(\n    " + String.join(",\n    ", components) + ") {}";
  }

  private static int slots(Field field) {
    return switch (field.kind().orElse(Kind.ANY)) {
      case WHOLE, NUMBER -> field.isNullable() ? 1 : 2;
      case BOOLEAN, INSTANT, DATE_TIME, DATE, UUID, TEXT, OBJECT, MAP, LIST, ANY -> 1;
    };
  }

  private String component(Field field, boolean primitives) {
    String type = type(field, field.name(), primitives && !field.isNullable());
    if (field.isNullable() || field.kind().isEmpty()) {
      imports.add("org.jspecify.annotations.Nullable");
      return "@Nullable " + type + " " + field.name();
    }
    return type + " " + field.name();
  }

  private String type(Field field, String name, boolean primitive) {
    if (field.kind().isEmpty()) {
      return "Object";
    }
    return switch (field.kind().get()) {
      case WHOLE -> primitive ? "long" : "Long";
      case NUMBER -> primitive ? "double" : "Double";
      case BOOLEAN -> primitive ? "boolean" : "Boolean";
      case INSTANT -> imported("java.time.Instant");
      case DATE_TIME -> imported("java.time.LocalDateTime");
      case DATE -> imported("java.time.LocalDate");
      case UUID -> imported("java.util.UUID");
      case TEXT -> "String";
      case OBJECT -> declare(capitalised(name), field).orElseGet(this::map);
      case MAP -> map();
      case LIST ->
          imported("java.util.List")
              + "<"
              + field
                  .element()
                  // A null among the elements is read into any type.
                  .map(each -> type(each, singular(name), false))
                  .orElse("Object")
              + ">";
      case ANY -> "Object";
    };
  }

  private String map() {
    return imported("java.util.Map") + "<String, Object>";
  }

  private String imported(String type) {
    imports.add(type);
    return type.substring(type.lastIndexOf('.') + 1);
  }

  private String free(String name) {
    String free = name;
    for (int i = 2; !taken.add(free); i++) {
      free = name + i;
    }
    return free;
  }

  private static String singular(String name) {
    return name.length() > 2 && name.endsWith("s") && !name.endsWith("ss")
        ? name.substring(0, name.length() - 1)
        : name;
  }

  private static String capitalised(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }
}
