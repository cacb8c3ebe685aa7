/**
 * The demo: real flights replayed into a topic of the embedded broker, and a job that learns from
 * them as they arrive. Start at {@link io.headrace.app.demo.Demo}.
 */
@NullMarked
package io.headrace.app.demo;

import org.jspecify.annotations.NullMarked;
