/**
 * What people do with dead letters: look at them, take them out to edit, and put them back, each at
 * most once. Start at {@link io.headrace.app.letters.Replayer}.
 */
@NullMarked
package io.headrace.app.letters;

import org.jspecify.annotations.NullMarked;
