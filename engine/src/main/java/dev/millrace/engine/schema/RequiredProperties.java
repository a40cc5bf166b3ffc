package dev.millrace.engine.schema;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.BeanPropertyDefinition;

/// Checks the required properties of ordinary classes, which Jackson does for constructors only.
/// Reads such an object into a tree first; records do not pay for it.
final class RequiredProperties extends DelegatingDeserializer {
  private final List<String> required;

  private RequiredProperties(ValueDeserializer<?> delegate, List<String> required) {
    super(delegate);
    this.required = required;
  }

  @Override
  protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
    return new RequiredProperties(delegate, required);
  }

  @Override
  public Object deserialize(JsonParser parser, DeserializationContext context) {
    JsonNode tree = context.readTree(parser);
    if (tree.isObject()) {
      for (String name : required) {
        JsonNode value = tree.get(name);
        if (value == null || value.isNull()) {
          throw MismatchedInputException.from(parser, handledType(), "required")
              .prependPath(handledType(), name);
        }
      }
    }
    try (JsonParser again = context.treeAsTokens(tree)) {
      again.nextToken();
      return super.deserialize(again, context);
    }
  }

  /// Puts the check around every ordinary class.
  static final class Modifier extends ValueDeserializerModifier {
    private static final long serialVersionUID = 1;

    @Override
    public ValueDeserializer<?> modifyDeserializer(
        DeserializationConfig config,
        BeanDescription.Supplier description,
        ValueDeserializer<?> deserializer) {
      if (!(deserializer instanceof BeanDeserializerBase)
          || description.getBeanClass().isRecord()
          || Throwable.class.isAssignableFrom(description.getBeanClass())) {
        return deserializer;
      }
      List<String> required = new ArrayList<>();
      for (BeanPropertyDefinition property : description.get().findProperties()) {
        if (property.couldDeserialize() && isRequired(property)) {
          required.add(property.getName());
        }
      }
      return required.isEmpty() ? deserializer : new RequiredProperties(deserializer, required);
    }

    private static boolean isRequired(BeanPropertyDefinition property) {
      boolean known = false;
      for (AnnotatedMember member :
          new AnnotatedMember[] {
            property.getConstructorParameter(), property.getSetter(), property.getField()
          }) {
        Boolean required = member == null ? null : RequiredIntrospector.isRequired(member);
        if (Boolean.FALSE.equals(required)) {
          return false;
        }
        known |= required != null;
      }
      return known;
    }
  }
}
