// Functions that WGSL lacks or that drivers get wrong at large arguments. All are finite for finite input, and NaN for NaN.

// Some drivers return NaN or 0 for large arguments; beyond 15 the result is +-1 in f32 anyway. Near 0 WGSL promises no digit of
// tanh, and the polynomial all. Source: Moshier's Cephes library, tanhf.
fn safe_tanh(x: f32) -> f32 {
  let z = x * x;
  let p = (((-5.70498872745e-3 * z + 2.06390887954e-2) * z - 5.37397155531e-2) * z + 1.33314422036e-1) * z - 3.33332819422e-1;
  return keep_nan(x, select(tanh(clamp(x, -15.0, 15.0)), p * z * x + x, abs(x) < 0.625));
}

// exp(-88) is the smallest normal f32, so no clamped argument overflows.
fn sigmoid(x: f32) -> f32 {
  return keep_nan(x, 1.0 / (1.0 + exp(clamp(-x, -88.0, 88.0))));
}

// For x from 0 to 1: twice the series of artanh(x / (2 + x)), which loses no digit as log(1 + x) does.
fn log1p(x: f32) -> f32 {
  let s = x / (2.0 + x);
  let z = s * s;
  let p = ((((z / 13.0 + 1.0 / 11.0) * z + 1.0 / 9.0) * z + 1.0 / 7.0) * z + 0.2) * z + 1.0 / 3.0;
  return 2.0 * s + 2.0 * s * z * p;
}

fn softplus(x: f32) -> f32 {
  return keep_nan(x, max(x, 0.0) + log1p(exp(-min(abs(x), 88.0))));
}

fn elu(x: f32, alpha: f32) -> f32 {
  let t = clamp(x, -88.0, 0.0);
  // e^t - 1 cancels near 0; the polynomial does not. Source: Cephes, expf.
  let p = ((((1.98756915e-4 * t + 1.3981999507e-3) * t + 8.3334519073e-3) * t + 4.1665795894e-2) * t + 1.6666665459e-1) * t;
  let below = select(exp(t) - 1.0, (p + 5.0000001201e-1) * t * t + t, t > -0.35);
  return keep_nan(x, select(alpha * below, x, x > 0.0));
}

// erf(x) for |x| < 1. Source: Cephes, erff.
fn near_erf(x: f32) -> f32 {
  let z = x * x;
  let p = ((7.853861353153693e-5 * z - 8.010193625184903e-4) * z + 5.188327685732524e-3) * z - 2.685381193529856e-2;
  return x * (((p * z + 1.128358514861418e-1) * z - 3.761262582423300e-1) * z + 1.128379165726710);
}

// 1 - erf(size) for size >= 1. Source: Press et al. 1992, "Numerical Recipes", section 6.2, erfcc.
fn far_erfc(size: f32) -> f32 {
  let z = min(size, 13.0);
  let t = 1.0 / (1.0 + 0.5 * z);
  let p = (((0.17087277 * t - 0.82215223) * t + 1.48851587) * t - 1.13520398) * t + 0.27886807;
  let power = ((((p * t - 0.18628806) * t + 0.09678418) * t + 0.37409196) * t + 1.00002368) * t - 1.26551223 - z * z;
  return select(0.0, t * exp(max(power, -87.0)), power > -87.0);
}

// Absolute error below 1.5e-7 where exp is exact.
fn erf(x: f32) -> f32 {
  let size = abs(x);
  return keep_nan(x, select(sign(x) * (1.0 - far_erfc(size)), near_erf(x), size < 1.0));
}

// e^(-x^2 / 2) where |x| is below 13.2, beyond which it is taken for 0.
fn bell(x: f32) -> f32 {
  let size = min(abs(x), 13.2);
  return select(exp(-0.5 * size * size), 0.0, abs(x) > 13.2);
}

// The share of a standard normal variable below x: of the far side, which is its bell times a polynomial, fitted by least squares with
// Lawson's weights to a relative error of 4e-8.
fn normal_below(x: f32, bell: f32) -> f32 {
  let t = 1.0 / (1.0 + 0.35355339 * abs(x));
  let p = (((-0.0294454567 * t + 0.141851298) * t - 0.242692453) * t + 0.137989699) * t - 0.0125892204;
  let tail = ((((p * t + 0.101035055) * t + 0.121630475) * t + 0.141176745) * t + 0.141043838) * t * bell;
  return select(tail, 1.0 - tail, x > 0.0);
}

fn gelu(x: f32) -> f32 {
  return keep_nan(x, x * normal_below(x, bell(x)));
}

fn gelu_slope(x: f32) -> f32 {
  let density = bell(x);
  return keep_nan(x, normal_below(x, density) + 0.39894228 * x * density);
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
  return keep_nan(x, select(magnitude, -magnitude, x < 0.0 && odd));
}
