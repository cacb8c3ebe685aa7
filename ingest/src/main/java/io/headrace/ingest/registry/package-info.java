/**
 * Schemas of writers from a registry. Start at {@link io.headrace.ingest.registry.RegistrySchemas}.
 */
@NullMarked
package io.headrace.ingest.registry;

import org.jspecify.annotations.NullMarked;
