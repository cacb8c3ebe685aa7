/**
 * The HTTP side: the live page, health, Prometheus metrics and the API of a running job. Start at
 * {@link io.headrace.app.http.HttpService}, which is given a {@link
 * io.headrace.app.http.ServedJob}.
 */
@NullMarked
package io.headrace.app.http;

import org.jspecify.annotations.NullMarked;
