/// What a platform's owner can replace: how values are written in Kafka ([Format]), whether an
/// output is what was declared ([Validator]), and how outputs leave ([Delivery]).
///
/// A jar brings implementations by `ServiceLoader`; `platform.yaml` names the jar and the ones to
/// use. What Millrace itself does is behind the same interfaces.
@NullMarked
package dev.millrace.plugin;

import org.jspecify.annotations.NullMarked;
