/**
 * The records that Headrace puts on topics and on disk, generated from their Avro schemas, and how
 * they are framed. Start at {@link io.headrace.schemas.Schemas}.
 */
@NullMarked
package io.headrace.schemas;

import org.jspecify.annotations.NullMarked;
