#include "../base/mem.h"
#include "train-private.h"
#include <math.h>
#include <string.h>

/* A checkpoint is a safetensors file: the tensors of the network under their names, those of the
 * optimiser, and in its card, as text, the rest. */
static const char MAGIC[] = "cytoscribe training checkpoint 1\n";

void cyto_train_state_clear(CytoTrainState *state) {
  free(state->row);
  free(state->same);
  *state = (CytoTrainState){0};
}

bool cyto_train_state_add(CytoTrainState *state, const CytoTrainRow *row, CytoError *err) {
  if ((state->rows & (state->rows - 1)) == 0) { /* full at every power of two */
    size_t room = state->rows ? 2 * state->rows : 1;
    CytoTrainRow *grown = cyto_realloc(state->row, room, sizeof *grown, err);
    if (!grown)
      return false;
    state->row = grown;
  }
  state->row[state->rows++] = *row;
  return true;
}

static void add_line(CytoStr *out, const char *key, double value) {
  char number[32];
  cyto_str_printf(out, "%s %s\n", key, cyto_format_double(value, number));
}

static void describe(const CytoTrainState *state, CytoStr *out) {
  cyto_str_add(out, MAGIC);
  cyto_str_printf(out, "same %s\n", state->same);
  add_line(out, "epoch", (double)state->epoch);
  add_line(out, "step", (double)state->step);
  add_line(out, "seen", (double)state->seen);
  add_line(out, "loss_sum", state->loss_sum);
  add_line(out, "elapsed", state->elapsed);
  cyto_str_add(out, "best ");
  if (state->best.epoch == SIZE_MAX)
    cyto_str_add(out, "none\n");
  else
    cyto_train_row_text(&state->best, out);
  for (size_t i = 0; i < state->rows; i++) {
    cyto_str_add(out, "row ");
    cyto_train_row_text(&state->row[i], out);
  }
}

/* What follows "key " on a line of its own; NULL when there is no such line. */
static const char *line_of(const char *text, const char *key) {
  size_t n = strlen(key);
  for (const char *line = text; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (strncmp(line, key, n) == 0 && line[n] == ' ')
      return line + n + 1;
    if (!*line)
      break;
  }
  return NULL;
}

static bool number_of(const char *text, const char *key, double *out) {
  const char *value = line_of(text, key);
  char number[40];
  size_t n = value ? strcspn(value, "\n") : sizeof number;
  if (n >= sizeof number)
    return false;
  memcpy(number, value, n);
  number[n] = 0;
  return cyto_parse_double(number, out);
}

static bool count_of(const char *text, const char *key, size_t *out) {
  double value;
  if (!number_of(text, key, &value) || !(value >= 0 && value < 1e15))
    return false;
  *out = (size_t)value;
  return true;
}

static bool damaged(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_FORMAT, "the text of the checkpoint is damaged");
}

static bool parse(const char *text, CytoTrainState *state, CytoError *err) {
  const char *same = line_of(text, "same"), *best = line_of(text, "best");
  if (strncmp(text, MAGIC, strlen(MAGIC)) != 0)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "this is no checkpoint of a training");
  if (!same || !best || !count_of(text, "epoch", &state->epoch) ||
      !count_of(text, "step", &state->step) || !count_of(text, "seen", &state->seen) ||
      !number_of(text, "loss_sum", &state->loss_sum) ||
      !number_of(text, "elapsed", &state->elapsed))
    return damaged(err);
  /* A step has seen images; one that has not would never end its epoch. */
  if ((state->step > 0) != (state->seen > 0) || !(state->elapsed >= 0))
    return damaged(err);
  state->best.epoch = SIZE_MAX;
  if (strncmp(best, "none\n", 5) != 0 && !cyto_train_row_parse(best, &state->best))
    return damaged(err);
  for (const char *line = line_of(text, "row"); line; line = line_of(line, "row")) {
    CytoTrainRow row;
    if (!cyto_train_row_parse(line, &row))
      return damaged(err);
    if (!cyto_train_state_add(state, &row, err))
      return false;
  }
  size_t n = strcspn(same, "\n");
  state->same = cyto_calloc(n + 1, 1, err);
  if (!state->same)
    return false;
  memcpy(state->same, same, n);
  return true;
}

bool cyto_checkpoint_write(const char *path, const CytoTrainer *trainer,
                           const CytoTrainState *state, const char *note, CytoError *err) {
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *weights = NULL;
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *moments = NULL;
  CYTO_CLEANUP(cyto_str_clear) CytoStr text = {0};
  CYTO_AUTOFREE char *file = cyto_train_beside(path, ".checkpoint", err);
  describe(state, &text);
  if (!file || text.failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a checkpoint");
  if (!cyto_trainer_weights(trainer, &weights, err) || !cyto_trainer_state(trainer, &moments, err))
    return false;
  size_t count = weights->count + moments->count;
  CYTO_AUTOFREE CytoTensor *tensor = cyto_alloc(count, sizeof *tensor, err);
  if (!tensor)
    return false;
  memcpy(tensor, weights->tensor, weights->count * sizeof *tensor);
  memcpy(tensor + weights->count, moments->tensor, moments->count * sizeof *tensor);
  CytoWeights both = *weights;
  both.count = count;
  both.tensor = tensor;
  both.training = text.text;
  both.description = (char *)(uintptr_t)note;
  return cyto_weights_write_safetensors(&both, file, CYTO_SAVE_F32, err);
}

/* Names of the optimiser's tensors; the network has none that begin so. */
static bool is_moment(const char *name) {
  static const char *const starts[] = {"momentum.", "first.", "second.", "steps"};
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
    if (strncmp(name, starts[i], strlen(starts[i])) == 0)
      return true;
  return false;
}

/* The data may lie in the file that was read, which stays with the weights. */
static bool own_data(CytoTensor *tensor, CytoError *err) {
  size_t values = cyto_tensor_count(tensor);
  float *data = tensor->borrowed ? cyto_alloc(values, sizeof *data, err) : tensor->data;
  if (!data)
    return false;
  if (tensor->borrowed)
    memcpy(data, tensor->data, values * sizeof *data);
  tensor->data = data;
  tensor->borrowed = false;
  return true;
}

/* Moves the optimiser's tensors out of the weights, order kept. */
static bool part(CytoWeights *weights, CytoWeights *moments, CytoError *err) {
  size_t kept = 0;
  for (size_t i = 0; i < weights->count; i++)
    if (is_moment(weights->tensor[i].name) && !own_data(&weights->tensor[i], err))
      return false;
  moments->tensor = cyto_calloc(weights->count, sizeof *moments->tensor, err);
  if (!moments->tensor)
    return false;
  for (size_t i = 0; i < weights->count; i++) {
    const CytoTensor tensor = weights->tensor[i];
    if (is_moment(tensor.name))
      moments->tensor[moments->count++] = tensor;
    else
      weights->tensor[kept++] = tensor;
  }
  weights->count = kept;
  return true;
}

bool cyto_checkpoint_read(const char *path, CytoWeights **weights, CytoWeights **moments,
                          CytoTrainState *state, CytoError *err) {
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *network = NULL;
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *optimiser = NULL;
  CYTO_CLEANUP(cyto_train_state_clear) CytoTrainState read = {0};
  CYTO_AUTOFREE char *file = cyto_train_beside(path, ".checkpoint", err);
  if (!file || !cyto_weights_read(file, &network, err))
    return false;
  optimiser = cyto_calloc(1, sizeof *optimiser, err);
  if (!optimiser || !parse(network->training ? network->training : "", &read, err) ||
      !part(network, optimiser, err))
    return cyto_fail_prefix(err, file);
  *weights = cyto_steal(&network);
  *moments = cyto_steal(&optimiser);
  *state = read;
  read = (CytoTrainState){0};
  return true;
}

bool cyto_train_open(const char *path, CytoWeights **network, char **note, CytoError *err) {
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *weights = NULL;
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *moments = NULL;
  CYTO_CLEANUP(cyto_train_state_clear) CytoTrainState state = {0};
  if (!cyto_checkpoint_read(path, &weights, &moments, &state, err))
    return false;
  char *copy = cyto_strdup(weights->description ? weights->description : "", err);
  if (!copy)
    return false;
  *note = copy;
  *network = cyto_steal(&weights);
  return true;
}
