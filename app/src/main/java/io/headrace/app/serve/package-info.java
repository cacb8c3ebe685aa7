/**
 * Several jobs in one process, each by itself. Start at {@link io.headrace.app.serve.HostedJobs}.
 */
@NullMarked
package io.headrace.app.serve;

import org.jspecify.annotations.NullMarked;
