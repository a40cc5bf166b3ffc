/// What a person can set, in layers, each value with where it came from.
///
/// [Settings] reads the layers in [SettingsSources]; [FunctionSettings], [EngineSettings],
/// [ServerSettings] and the rows of [EffectiveSetting] are the outcome. [Catalogue] lists what can
/// be set, [ClientCatalogue] what of Kafka's clients.
@NullMarked
package dev.millrace.engine.settings;

import org.jspecify.annotations.NullMarked;
