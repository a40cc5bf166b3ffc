package dev.millrace.engine.schema;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import dev.millrace.plugin.Mismatch;
import dev.millrace.plugin.MismatchException;
import dev.millrace.plugin.Validator;
import dev.millrace.plugin.Written;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What the events of a topic look like: a JSON Schema, draft 2020-12. Thread-safe.
final class OutputSchema implements Validator.Check {
  private final Schema schema;
  private final JsonFormat json;

  private OutputSchema(JsonNode document, JsonFormat json) {
    this.schema = Registry.SCHEMAS.getSchema(document);
    this.json = json;
  }

  /// The schema of a record or class: every component is required unless `@Nullable` or `Optional`,
  /// and nothing else is allowed.
  ///
  /// @param json how values look that another format writes
  static OutputSchema of(Type type, JsonFormat json) {
    return new OutputSchema(TypeSchemas.describe(type), json);
  }

  /// The schema written in this text. Throws [IllegalArgumentException] with a clause that says
  /// what is wrong with it, without a full stop.
  static OutputSchema parse(String text, JsonFormat json) {
    JsonNode document;
    try {
      document = Mappers.TREES.readTree(text);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "is not JSON, line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr(),
          e);
    }
    if (!document.isObject() && !document.isBoolean()) {
      throw new IllegalArgumentException("is no JSON Schema: it must be an object");
    }
    List<Error> errors = Registry.META_SCHEMA.validate(document);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException("is no valid JSON Schema" + mismatch(errors));
    }
    try {
      OutputSchema schema = new OutputSchema(document, json);
      schema.schema.initializeValidators();
      return schema;
    } catch (RuntimeException e) {
      // The library's own words, for instance about a reference that leads nowhere.
      throw new IllegalArgumentException("is no valid JSON Schema: " + e.getMessage(), e);
    }
  }

  /// Where this value breaks the schema; empty when it fits.
  @Override
  public Optional<Mismatch> mismatchOf(Written event) throws MismatchException {
    // The bytes of another format are none of ours: the value must look right.
    JsonValue value = event instanceof JsonValue ours ? ours : json.json(event.value());
    List<Error> errors = schema.validate(value.tree());
    return errors.isEmpty() ? Optional.empty() : Optional.of(mismatch(errors));
  }

  /// Of several errors the deepest: where alternatives were tried, the one that came closest.
  private static Mismatch mismatch(List<Error> errors) {
    Error error = errors.getFirst();
    for (Error other : errors) {
      if (depth(other) > depth(error)) {
        error = other;
      }
    }
    String path = error.getInstanceLocation().toString();
    return new Mismatch(
        namesProperty(error) ? path + "/" + error.getProperty() : path, rule(error));
  }

  private static int depth(Error error) {
    return error.getInstanceLocation().getNameCount() + (namesProperty(error) ? 1 : 0);
  }

  private static boolean namesProperty(Error error) {
    return error.getProperty() != null
        && (error.getKeyword().equals("required")
            || error.getKeyword().equals("additionalProperties"));
  }

  /// The rule in our words where it is one of the usual ones. None of them quotes the value.
  private static String rule(Error error) {
    JsonNode wanted = error.getSchemaNode();
    return switch (error.getKeyword()) {
      case "required" -> "is missing";
      case "additionalProperties", "unevaluatedProperties" -> "is not in the schema";
      case "type" -> "must be " + types(wanted);
      case "enum" -> "must be one of " + wanted;
      case "const" -> "must be " + wanted;
      case "minimum" -> "must be at least " + wanted;
      case "exclusiveMinimum" -> "must be greater than " + wanted;
      case "maximum" -> "must be at most " + wanted;
      case "exclusiveMaximum" -> "must be less than " + wanted;
      case "multipleOf" -> "must be a multiple of " + wanted;
      case "minLength" -> "must have at least " + wanted + " characters";
      case "maxLength" -> "must have at most " + wanted + " characters";
      case "pattern" -> "must match the pattern " + wanted;
      case "minItems" -> "must have at least " + wanted + " items";
      case "maxItems" -> "must have at most " + wanted + " items";
      case "uniqueItems" -> "must not have equal items";
      case "minProperties" -> "must have at least " + wanted + " fields";
      case "maxProperties" -> "must have at most " + wanted + " fields";
      default -> "breaks the rule '" + error.getKeyword() + "'";
    };
  }

  private static String types(JsonNode wanted) {
    if (!wanted.isArray()) {
      return type(wanted.asString());
    }
    StringBuilder types = new StringBuilder();
    for (JsonNode one : wanted) {
      types.append(types.isEmpty() ? "" : " or ").append(type(one.asString()));
    }
    return types.toString();
  }

  private static String type(String name) {
    return switch (name) {
      case "string" -> "text";
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "boolean" -> "true or false";
      case "array" -> "a list";
      case "object" -> "an object";
      default -> name;
    };
  }

  /// Loaded with the first schema. Fetches nothing from the network.
  private static final class Registry {
    static final SchemaRegistry SCHEMAS =
        SchemaRegistry.withDefaultDialect(
            Dialects.getDraft202012(),
            builder ->
                builder
                    .schemaCacheEnabled(false)
                    .schemaLoader(loader -> loader.fetchRemoteResources(false))
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().locale(Locale.ROOT).build()));
    static final Schema META_SCHEMA =
        SCHEMAS.getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));
  }
}
