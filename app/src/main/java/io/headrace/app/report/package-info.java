/**
 * What a run leaves behind for programs and for people: the summary and the progress line. Start at
 * {@link io.headrace.app.report.RunReport}.
 */
@NullMarked
package io.headrace.app.report;

import org.jspecify.annotations.NullMarked;
