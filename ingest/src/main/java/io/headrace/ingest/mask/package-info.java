/**
 * Takes what is sensitive out of raw records before anything else sees them. Start at {@link
 * io.headrace.ingest.mask.Masking}.
 */
@NullMarked
package io.headrace.ingest.mask;

import org.jspecify.annotations.NullMarked;
