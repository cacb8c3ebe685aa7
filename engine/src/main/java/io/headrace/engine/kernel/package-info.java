/**
 * The arithmetic of the engine: each kernel as vector code and as its scalar twin behind one
 * interface, chosen once. Start at {@link io.headrace.engine.kernel.Kernels}; the vector code is
 * the only importer of the incubating Vector API.
 */
@NullMarked
package io.headrace.engine.kernel;

import org.jspecify.annotations.NullMarked;
