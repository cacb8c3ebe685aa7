/**
 * A run as people see it: its status for the page, its progress line, its report. Start at {@link
 * io.headrace.app.run.RunView}.
 */
@NullMarked
package io.headrace.app.run;

import org.jspecify.annotations.NullMarked;
