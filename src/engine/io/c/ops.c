/* dense */
/* y = x w + b for rows of inner numbers. */
static inline void PREFIX_dense(const float *x, int rows, int inner, const PREFIX_weights *w, const float *bias, int outer, float *y) {
  for (int r = 0; r < rows; r++)
    for (int o = 0; o < outer; o++) {
      PREFIX_SUM sum = 0;
      for (int i = 0; i < inner; i++) sum += (PREFIX_SUM)x[r * inner + i] * w->values[i * outer + o];
      y[r * outer + o] = (float)(sum * PREFIX_SCALE(w, o)) + (bias ? bias[o] : 0.0f);
    }
}
/* conv */
/* Windows of all channels: x [h, w, c], kernel [kh, kw, c, filters]. at: kh, kw, strides, dilation, rows above, columns to the left. */
static inline void PREFIX_conv(const float *x, int height, int width, int channels, const PREFIX_weights *w, const float *bias,
                        const int *at, int rows, int columns, int filters, float *y) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      for (int f = 0; f < filters; f++) {
        PREFIX_SUM sum = 0;
        for (int a = 0; a < at[0]; a++)
          for (int b = 0; b < at[1]; b++) {
            int row = i * at[2] + a * at[4] - at[6], column = j * at[3] + b * at[5] - at[7];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const float *from = x + (row * width + column) * channels;
            int tap = (a * at[1] + b) * channels;
            for (int c = 0; c < channels; c++) sum += (PREFIX_SUM)from[c] * w->values[(tap + c) * filters + f];
          }
        y[(i * columns + j) * filters + f] = (float)(sum * PREFIX_SCALE(w, f)) + (bias ? bias[f] : 0.0f);
      }
}
/* depthwise */
/* Windows of each channel by itself: kernel [kh, kw, filters], as many filters of a channel after each other. */
static inline void PREFIX_depthwise(const float *x, int height, int width, int channels, const PREFIX_weights *w, const float *bias,
                             const int *at, int rows, int columns, int filters, float *y) {
  int each = filters / channels;
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      for (int f = 0; f < filters; f++) {
        PREFIX_SUM sum = 0;
        for (int a = 0; a < at[0]; a++)
          for (int b = 0; b < at[1]; b++) {
            int row = i * at[2] + a * at[4] - at[6], column = j * at[3] + b * at[5] - at[7];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            sum += (PREFIX_SUM)x[(row * width + column) * channels + f / each] * w->values[(a * at[1] + b) * filters + f];
          }
        y[(i * columns + j) * filters + f] = (float)(sum * PREFIX_SCALE(w, f)) + (bias ? bias[f] : 0.0f);
      }
}
/* convTranspose */
/* The other way round: kernel [kh, kw, filters, c], read as rows of c numbers. at: kh, kw, strides, rows above, columns to the left. */
static inline void PREFIX_convTranspose(const float *x, int height, int width, int channels, const PREFIX_weights *w, const float *bias,
                                 const int *at, int rows, int columns, int filters, float *y) {
  for (int p = 0; p < rows * columns; p++)
    for (int f = 0; f < filters; f++) y[p * filters + f] = bias ? bias[f] : 0.0f;
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      for (int a = 0; a < at[0]; a++)
        for (int b = 0; b < at[1]; b++) {
          int row = i * at[2] + a - at[4], column = j * at[3] + b - at[5];
          if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
          for (int f = 0; f < filters; f++) {
            PREFIX_SUM sum = 0;
            for (int c = 0; c < channels; c++)
              sum += (PREFIX_SUM)x[(i * width + j) * channels + c] * w->values[((a * at[1] + b) * filters + f) * channels + c] * PREFIX_SCALE(w, c);
            y[(row * columns + column) * filters + f] += (float)sum;
          }
        }
}
/* pool */
/* Of windows; what is outside does not count. at as for convolutions. */
static inline void PREFIX_pool(const float *x, int height, int width, int channels, int is_max, const int *at, int rows, int columns, float *y) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      for (int c = 0; c < channels; c++) {
        float most = -INFINITY;
        PREFIX_SUM sum = 0;
        int count = 0;
        for (int a = 0; a < at[0]; a++)
          for (int b = 0; b < at[1]; b++) {
            int row = i * at[2] + a - at[6], column = j * at[3] + b - at[7];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            float value = x[(row * width + column) * channels + c];
            if (value > most) most = value;
            sum += value;
            count++;
          }
        y[(i * columns + j) * channels + c] = is_max ? most : (float)(sum / count);
      }
}
/* global */
static inline void PREFIX_global(const float *x, int places, int channels, int is_max, float *y) {
  for (int c = 0; c < channels; c++) {
    float most = -INFINITY;
    PREFIX_SUM sum = 0;
    for (int p = 0; p < places; p++) {
      float value = x[p * channels + c];
      if (value > most) most = value;
      sum += value;
    }
    y[c] = is_max ? most : (float)(sum / places);
  }
}
/* softmax */
static inline void PREFIX_softmax(const float *x, int rows, int width, float *y) {
  for (int r = 0; r < rows; r++) {
    const float *from = x + r * width;
    float *to = y + r * width, most = -INFINITY;
    PREFIX_SUM sum = 0;
    for (int i = 0; i < width; i++) if (from[i] > most) most = from[i];
    for (int i = 0; i < width; i++) sum += to[i] = expf(from[i] - most);
    for (int i = 0; i < width; i++) to[i] = (float)(to[i] / sum);
  }
}
/* activation */
static inline float PREFIX_relu(float x, float alpha) { (void)alpha; return x > 0 ? x : 0; }
static inline float PREFIX_leaky_relu(float x, float alpha) { return x > 0 ? x : alpha * x; }
static inline float PREFIX_elu(float x, float alpha) { return x > 0 ? x : alpha * expm1f(x); }
static inline float PREFIX_gelu(float x, float alpha) { (void)alpha; return 0.5f * x * erfcf(-x * 0.70710678f); }
static inline float PREFIX_sigmoid(float x, float alpha) { (void)alpha; return 1 / (1 + expf(-x)); }
static inline float PREFIX_tanh(float x, float alpha) { (void)alpha; return tanhf(x); }
static inline float PREFIX_softplus(float x, float alpha) { (void)alpha; return (x > 0 ? x : 0) + log1pf(expf(-fabsf(x))); }
static inline float PREFIX_linear(float x, float alpha) { (void)alpha; return x; }
static inline void PREFIX_activation(const float *x, int length, float (*how)(float, float), float alpha, float *y) {
  for (int i = 0; i < length; i++) y[i] = how(x[i], alpha);
}
/* prelu */
static inline void PREFIX_prelu(const float *x, int length, const float *alpha, int alphas, float *y) {
  for (int i = 0; i < length; i++) y[i] = x[i] > 0 ? x[i] : alpha[i % alphas] * x[i];
}
/* batchNorm */
static inline void PREFIX_batchNorm(const float *x, int length, int channels, const float *gamma, const float *beta, const float *mean,
                             const float *variance, float epsilon, float *y) {
  for (int i = 0; i < length; i++) {
    int c = i % channels;
    y[i] = (x[i] - mean[c]) / sqrtf(variance[c] + epsilon) * (gamma ? gamma[c] : 1) + (beta ? beta[c] : 0);
  }
}
/* normalize */
/* Groups of channels over all places; with none, each place's channels by themselves. */
static inline void PREFIX_normalize(const float *x, int places, int channels, int groups, int centers, float epsilon, const float *gamma,
                             const float *beta, float *y) {
  int sets = groups ? groups : places, own = groups ? channels / groups : channels, rows = groups ? places : 1;
  for (int s = 0; s < sets; s++) {
    int start = groups ? s * own : s * channels, channel = groups ? s * own : 0;
    PREFIX_SUM mean = 0, square = 0;
    for (int p = 0; centers && p < rows; p++)
      for (int c = 0; c < own; c++) mean += x[start + p * channels + c];
    mean /= rows * own;
    for (int p = 0; p < rows; p++)
      for (int c = 0; c < own; c++) {
        PREFIX_SUM off = x[start + p * channels + c] - mean;
        square += off * off;
      }
    float scale = 1 / sqrtf((float)(square / (rows * own)) + epsilon);
    for (int p = 0; p < rows; p++)
      for (int c = 0; c < own; c++) {
        int i = start + p * channels + c;
        y[i] = (float)(x[i] - mean) * scale * (gamma ? gamma[channel + c] : 1) + (beta ? beta[channel + c] : 0);
      }
  }
}
/* offset */
static inline void PREFIX_offset(const float *x, int rows, int width, const PREFIX_weights *w, float *y) {
  for (int i = 0; i < rows * width; i++) y[i] = x[i] + w->values[i] * PREFIX_SCALE(w, i % width);
}
/* transpose */
/* Output axis k is input axis axes[k]. */
static inline void PREFIX_transpose(const float *x, int rank, const int *shape, const int *axes, int length, float *y) {
  for (int i = 0; i < length; i++) {
    int rest = i, at = 0;
    for (int k = rank - 1; k >= 0; k--) {
      int stride = 1;
      for (int a = axes[k] + 1; a < rank; a++) stride *= shape[a];
      at += rest % shape[axes[k]] * stride;
      rest /= shape[axes[k]];
    }
    y[i] = x[at];
  }
}
/* shift */
/* Rows and columns moved; what comes from outside is 0. */
static inline void PREFIX_shift(const float *x, int height, int width, int channels, int top, int left, int rows, int columns, float *y) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      for (int c = 0; c < channels; c++) {
        int row = i - top, column = j - left, is_in = row >= 0 && row < height && column >= 0 && column < width;
        y[(i * columns + j) * channels + c] = is_in ? x[(row * width + column) * channels + c] : 0;
      }
}
/* upsample */
static inline void PREFIX_upsample(const float *x, int height, int width, int channels, int down, int across, int is_bilinear, float *y) {
  for (int i = 0; i < height * down; i++)
    for (int j = 0; j < width * across; j++)
      for (int c = 0; c < channels; c++) {
        float *to = y + (i * width * across + j) * channels + c;
        if (!is_bilinear) {
          *to = x[(i / down * width + j / across) * channels + c];
          continue;
        }
        float row = fminf(fmaxf((i + 0.5f) / down - 0.5f, 0), height - 1), column = fminf(fmaxf((j + 0.5f) / across - 0.5f, 0), width - 1);
        int a = (int)row, l = (int)column, b = a + 1 < height ? a + 1 : a, r = l + 1 < width ? l + 1 : l;
        float v = row - a, h = column - l;
        float upper = x[(a * width + l) * channels + c] * (1 - h) + x[(a * width + r) * channels + c] * h;
        float lower = x[(b * width + l) * channels + c] * (1 - h) + x[(b * width + r) * channels + c] * h;
        *to = upper * (1 - v) + lower * v;
      }
}
/* repeat */
static inline void PREFIX_repeat(const float *x, int length, int times, float *y) {
  for (int t = 0; t < times; t++) memcpy(y + t * length, x, sizeof(float) * length);
}
/* recurrent */
/* Gates as in Keras: LSTM i f c o, GRU z r h. cell: 0 simple, 1 LSTM, 2 GRU. scratch: 2 (gates + 1) units. */
static inline void PREFIX_recurrent(const float *x, int steps, int features, int units, int cell, const PREFIX_weights *kernel,
                             const PREFIX_weights *states, const float *bias, const float *other, float (*tell)(float, float),
                             float (*gate)(float, float), int is_series, float *scratch, float *y) {
  int width = units * (cell == 0 ? 1 : cell == 1 ? 4 : 3);
  float *h = scratch, *memory = h + units, *a = memory + units, *b = a + width;
  memset(h, 0, sizeof(float) * 2 * units);
  for (int t = 0; t < steps; t++) {
    PREFIX_dense(x + t * features, 1, features, kernel, bias, width, a);
    PREFIX_dense(h, 1, units, states, other, width, b);
    for (int u = 0; u < units; u++) {
      if (cell == 0) h[u] = tell(a[u] + b[u], 0);
      else if (cell == 1) {
        float i = gate(a[u] + b[u], 0), f = gate(a[units + u] + b[units + u], 0);
        memory[u] = f * memory[u] + i * tell(a[2 * units + u] + b[2 * units + u], 0);
        h[u] = gate(a[3 * units + u] + b[3 * units + u], 0) * tell(memory[u], 0);
      } else {
        float z = gate(a[u] + b[u], 0), r = gate(a[units + u] + b[units + u], 0);
        h[u] = z * h[u] + (1 - z) * tell(a[2 * units + u] + r * b[2 * units + u], 0);
      }
    }
    memcpy(y + (is_series ? t * units : 0), h, sizeof(float) * units);
  }
}
/* embedding */
static inline void PREFIX_embedding(const float *x, int length, int width, const PREFIX_weights *w, float *y) {
  for (int i = 0; i < length; i++)
    for (int c = 0; c < width; c++) y[i * width + c] = w->values[(int)x[i] * width + c] * PREFIX_SCALE(w, c);
}
/* attention */
/* Self-attention; query, key, value, output. scratch: 4 steps width + steps. */
static inline void PREFIX_attention(const float *x, int steps, int channels, int heads, int size, int is_causal, const PREFIX_weights *const *w,
                             const float *const *bias, float *scratch, float *y) {
  int all = heads * size;
  float *query = scratch, *key = query + steps * all, *value = key + steps * all, *read = value + steps * all, *looks = read + steps * all;
  PREFIX_dense(x, steps, channels, w[0], bias[0], all, query);
  PREFIX_dense(x, steps, channels, w[1], bias[1], all, key);
  PREFIX_dense(x, steps, channels, w[2], bias[2], all, value);
  for (int h = 0; h < heads; h++)
    for (int t = 0; t < steps; t++) {
      int seen = is_causal ? t + 1 : steps;
      for (int s = 0; s < seen; s++) {
        PREFIX_SUM sum = 0;
        for (int d = h * size; d < (h + 1) * size; d++) sum += (PREFIX_SUM)query[t * all + d] * key[s * all + d];
        looks[s] = (float)sum / sqrtf((float)size);
      }
      PREFIX_softmax(looks, 1, seen, looks);
      for (int d = h * size; d < (h + 1) * size; d++) {
        PREFIX_SUM sum = 0;
        for (int s = 0; s < seen; s++) sum += (PREFIX_SUM)looks[s] * value[s * all + d];
        read[t * all + d] = (float)sum;
      }
    }
  PREFIX_dense(read, steps, all, w[3], bias[3], channels, y);
}
/* combine */
/* how: 0 add, 1 multiply, 2 average, 3 maximum. */
static inline void PREFIX_combine(const float *const *from, int count, int how, int length, float *y) {
  for (int i = 0; i < length; i++) {
    float value = from[0][i];
    for (int k = 1; k < count; k++) {
      float next = from[k][i];
      value = how == 1 ? value * next : how == 3 ? (next > value ? next : value) : value + next;
    }
    y[i] = how == 2 ? value / count : value;
  }
}
/* concat */
static inline void PREFIX_concat(const float *const *from, const int *widths, int count, int rows, float *y) {
  for (int r = 0; r < rows; r++)
    for (int k = 0; k < count; k++) {
      memcpy(y, from[k] + r * widths[k], sizeof(float) * widths[k]);
      y += widths[k];
    }
}
/* flip */
static inline void PREFIX_flip(const float *x, int steps, int width, float *y) {
  for (int t = 0; t < steps; t++) memcpy(y + t * width, x + (steps - 1 - t) * width, sizeof(float) * width);
}
