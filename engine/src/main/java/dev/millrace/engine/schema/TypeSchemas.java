package dev.millrace.engine.schema;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.MonthDay;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Describes the author's types as JSON Schema, exactly as [Mappers] writes them.
final class TypeSchemas {
  private static final Set<Class<?>> TEXT =
      Set.of(
          char[].class,
          YearMonth.class,
          MonthDay.class,
          ZoneId.class,
          ZoneOffset.class,
          Locale.class,
          Currency.class);

  private TypeSchemas() {}

  /// By a generator of its own: it holds on to the types it has met.
  static JsonNode describe(Type type) {
    return generator().generateSchema(type);
  }

  private static SchemaGenerator generator() {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(
                Mappers.create(), SchemaVersion.DRAFT_2020_12, new OptionPreset())
            .with(
                Option.SCHEMA_VERSION_INDICATOR,
                Option.ADDITIONAL_FIXED_TYPES,
                Option.STANDARD_FORMATS,
                Option.FLATTENED_ENUMS,
                Option.FLATTENED_OPTIONALS,
                Option.PUBLIC_NONSTATIC_FIELDS,
                Option.NONPUBLIC_NONSTATIC_FIELDS_WITH_GETTERS,
                Option.NONPUBLIC_NONSTATIC_FIELDS_WITHOUT_GETTERS,
                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                Option.INLINE_NULLABLE_SCHEMAS,
                Option.ALLOF_CLEANUP_AT_THE_END,
                Option.DUPLICATE_MEMBER_ATTRIBUTE_CLEANUP_AT_THE_END)
            .with(new JacksonModule());
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(TypeSchemas::asWritten)
        .withSubtypeResolver(TypeSchemas::permitted)
        .withPropertySorter((one, other) -> 0);
    config
        .forFields()
        .withRequiredCheck(TypeSchemas::isRequired)
        .withNullableCheck(field -> isRequired(field) ? null : Boolean.TRUE);
    return new SchemaGenerator(config.build());
  }

  private static boolean isRequired(FieldScope field) {
    return field.isFakeContainerItemScope() || RequiredComponents.isRequired(field.getRawMember());
  }

  /// Types that Jackson writes otherwise than their fields say.
  private static @Nullable CustomDefinition asWritten(
      ResolvedType type, SchemaGenerationContext context) {
    Class<?> raw = type.getErasedType();
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    if (raw == byte[].class) {
      return inline(schema.put("type", "string").put("contentEncoding", "base64"));
    }
    if (TEXT.contains(raw)) {
      return inline(schema.put("type", "string"));
    }
    if (raw == Year.class) {
      return inline(schema.put("type", "integer"));
    }
    if (raw == OptionalInt.class || raw == OptionalLong.class) {
      return inline(orNull(schema, "integer"));
    }
    if (raw == OptionalDouble.class) {
      return inline(orNull(schema, "number"));
    }
    if (raw == Object.class || JsonNode.class.isAssignableFrom(raw) || isOpen(raw)) {
      return inline(schema);
    }
    return null;
  }

  private static ObjectNode orNull(ObjectNode schema, String type) {
    schema.putArray("type").add(type).add("null");
    return schema;
  }

  /// An interface or abstract class that anything may implement: its values can be anything.
  private static boolean isOpen(Class<?> raw) {
    return Modifier.isAbstract(raw.getModifiers())
        && !raw.isPrimitive()
        && !raw.isArray()
        && !raw.isEnum()
        && !raw.isSealed()
        && !raw.getName().startsWith("java.")
        && !Collection.class.isAssignableFrom(raw)
        && !Map.class.isAssignableFrom(raw);
  }

  private static @Nullable List<ResolvedType> permitted(
      ResolvedType type, SchemaGenerationContext context) {
    Class<?> raw = type.getErasedType();
    if (!raw.isSealed() || !Modifier.isAbstract(raw.getModifiers())) {
      return null;
    }
    return Arrays.stream(raw.getPermittedSubclasses())
        .map(permitted -> context.getTypeContext().resolveSubtype(type, permitted))
        .toList();
  }

  private static CustomDefinition inline(ObjectNode schema) {
    return new CustomDefinition(
        schema, CustomDefinition.DefinitionType.INLINE, CustomDefinition.AttributeInclusion.YES);
  }
}
