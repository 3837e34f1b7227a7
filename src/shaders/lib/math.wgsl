// Functions that WGSL lacks or that drivers get wrong at large arguments. All are finite for finite input.

// Some drivers return NaN or 0 for large arguments; beyond 15 the result is +-1 in f32 anyway.
fn safe_tanh(x: f32) -> f32 {
  return tanh(clamp(x, -15.0, 15.0));
}

// exp(-88) is the smallest normal f32, so no clamped argument overflows.
fn sigmoid(x: f32) -> f32 {
  return 1.0 / (1.0 + exp(clamp(-x, -88.0, 88.0)));
}

fn log1p(x: f32) -> f32 {
  // For small x, log(1 + x) loses x itself; two terms of the series do not.
  return select(log(1.0 + x), x - 0.5 * x * x, x < 1e-4);
}

fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log1p(exp(-min(abs(x), 88.0)));
}

fn elu(x: f32, alpha: f32) -> f32 {
  let t = clamp(x, -88.0, 0.0);
  // e^t - 1 cancels near 0; the series does not.
  let below = select(exp(t) - 1.0, t * (1.0 + 0.5 * t * (1.0 + t / 3.0)), t > -0.01);
  return select(alpha * below, x, x > 0.0);
}

// Abramowitz and Stegun 1964, 7.1.26; absolute error below 1.5e-7.
fn erf(x: f32) -> f32 {
  let size = min(abs(x), 9.0);
  let t = 1.0 / (1.0 + 0.3275911 * size);
  let polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return sign(x) * (1.0 - polynomial * exp(-size * size));
}

fn gelu(x: f32) -> f32 {
  return 0.5 * x * (1.0 + erf(x * 0.70710678));
}

// WGSL's pow is undefined below 0; whole exponents are not.
fn power(x: f32, exponent: f32) -> f32 {
  if (exponent == 0.0) {
    return 1.0;
  }
  if (x == 0.0) {
    return 0.0;
  }
  let magnitude = pow(abs(x), exponent);
  let odd = abs(exponent) % 2.0 == 1.0;
  return select(magnitude, -magnitude, x < 0.0 && odd);
}
