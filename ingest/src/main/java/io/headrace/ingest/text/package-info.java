/**
 * How text becomes tokens: words, characters or byte pairs, and the vocabularies learned of them.
 * Start at {@link io.headrace.ingest.text.Tokenizer}.
 */
@NullMarked
package io.headrace.ingest.text;

import org.jspecify.annotations.NullMarked;
