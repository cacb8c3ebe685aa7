/**
 * The HTTP side: the live page, health, Prometheus metrics and the status API of a running job.
 * Start at {@link io.headrace.app.http.HttpService}, which reads everything it shows from a {@link
 * io.headrace.app.http.JobStatusSource}.
 */
@NullMarked
package io.headrace.app.http;

import org.jspecify.annotations.NullMarked;
