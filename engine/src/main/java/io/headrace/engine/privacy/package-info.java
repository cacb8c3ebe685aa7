/**
 * Learning that tells little of any single sample: what it adds to gradients and what that leaves
 * of privacy. Start at {@link io.headrace.engine.privacy.PrivacySpec}.
 */
@NullMarked
package io.headrace.engine.privacy;

import org.jspecify.annotations.NullMarked;
