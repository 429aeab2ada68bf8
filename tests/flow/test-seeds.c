#include "flow/seeds.h"
#include "flow-help.h"

typedef struct Rule {
  bool (*less)(struct Rule *rule, const CytoSeed *a, const CytoSeed *b);
  size_t depth, deepest; /* of the splits */
  uint32_t *value;       /* of the adversary, by seed.at; FLUID = not decided yet */
  uint32_t next;
  size_t candidate;
} Rule;

static bool by_count(Rule *rule, const CytoSeed *a, const CytoSeed *b) {
  (void)rule;
  return a->count < b->count;
}

/* algorithm.md §5.7a word for word, without the depth limit. */
static void naive_split(CytoSeed *s, size_t f, size_t l, Rule *r) {
  size_t depth = r->depth;
  while (l - f > 16) {
    r->depth++;
    r->deepest = r->depth > r->deepest ? r->depth : r->deepest;
    size_t a = f + 1, b = f + (l - f) / 2, c = l - 1, pick;
    if (r->less(r, &s[a], &s[b]))
      pick = r->less(r, &s[b], &s[c]) ? b : r->less(r, &s[a], &s[c]) ? c : a;
    else
      pick = r->less(r, &s[a], &s[c]) ? a : r->less(r, &s[b], &s[c]) ? c : b;
    CytoSeed kept = s[f];
    s[f] = s[pick];
    s[pick] = kept;
    size_t i = f + 1, j = l;
    for (;;) {
      while (r->less(r, &s[i], &s[f]))
        i++;
      j--;
      while (r->less(r, &s[f], &s[j]))
        j--;
      if (i >= j)
        break;
      kept = s[i];
      s[i++] = s[j];
      s[j] = kept;
    }
    naive_split(s, i, l, r);
    l = i;
  }
  r->depth = depth;
}

static void naive_sort(CytoSeed *s, size_t n) {
  Rule rule = {.less = by_count};
  naive_split(s, 0, n, &rule);
  for (size_t i = 1; i < n; i++) {
    CytoSeed kept = s[i];
    size_t k = i;
    while (k > 0 && kept.count < s[k - 1].count) {
      s[k] = s[k - 1];
      k--;
    }
    s[k] = kept;
  }
}

static CytoSeed *random_seeds(size_t n, uint32_t values, uint64_t state) {
  CytoSeed *seed = malloc((n + 1) * sizeof *seed);
  for (size_t i = 0; i < n; i++)
    seed[i] = (CytoSeed){next_random(&state) % values, i};
  return seed;
}

static bool same(const CytoSeed *a, const CytoSeed *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (a[i].count != b[i].count || a[i].at != b[i].at)
      return false;
  return true;
}

static void ties_equal_the_naive_form(void) {
  static const uint32_t values[] = {1, 2, 3, 10, 100, 1u << 30};
  size_t wrong = 0, sorts = 0;
  for (size_t v = 0; v < 6; v++)
    for (size_t n = 0; n < 900; n = n < 40 ? n + 1 : n + n / 5) {
      CytoSeed *a = random_seeds(n, values[v], n), *b = random_seeds(n, values[v], n);
      cyto_seeds_sort(a, n);
      naive_sort(b, n);
      wrong += !same(a, b, n);
      sorts++;
      free(a);
      free(b);
    }
  printf("# %zu of %zu orders differ from the naive form\n", wrong, sorts);
  CHECK(wrong == 0);
}

/* The permutation that torch.argsort (1.13) and std::sort give for counts (7 i mod 5), i = 0..39.
 */
static void known_order(void) {
  static const size_t expected[40] = {10, 20, 25, 15, 30, 35, 5,  0, 33, 8,  28, 13, 3, 38,
                                      23, 18, 31, 1,  36, 26, 21, 6, 16, 11, 39, 19, 4, 34,
                                      9,  29, 14, 24, 12, 27, 32, 7, 17, 37, 2,  22};
  CytoSeed seed[40];
  for (size_t i = 0; i < 40; i++)
    seed[i] = (CytoSeed){(uint32_t)(7 * i % 5), i};
  cyto_seeds_sort(seed, 40);
  for (size_t i = 0; i < 40; i++)
    CHECKF(seed[i].at == expected[i], "place %zu: %zu, expected %zu", i, seed[i].at, expected[i]);
}

enum { FLUID = UINT32_MAX };

/* Decides values only when they are compared, always so that the pivot is among the smallest. */
static bool adversary(Rule *rule, const CytoSeed *a, const CytoSeed *b) {
  uint32_t *va = &rule->value[a->at], *vb = &rule->value[b->at];
  if (*va == FLUID && *vb == FLUID)
    *(a->at == rule->candidate ? va : vb) = rule->next++;
  if (*va == FLUID)
    rule->candidate = a->at;
  else if (*vb == FLUID)
    rule->candidate = b->at;
  return *va < *vb;
}

static void bad_pivots_are_not_quadratic(void) {
  enum { N = 8000 };
  CytoSeed *seed = malloc(N * sizeof *seed);
  Rule rule = {.less = adversary, .value = malloc(N * 4)};
  for (uint32_t i = 0; i < N; i++) {
    seed[i] = (CytoSeed){0, i};
    rule.value[i] = FLUID;
  }
  naive_split(seed, 0, N, &rule);
  for (uint32_t i = 0; i < N; i++)
    seed[i] = (CytoSeed){rule.value[i] == FLUID ? rule.next++ : rule.value[i], i};
  printf("# without the limit %d seeds need %zu nested splits\n", N, rule.deepest);
  CHECK(rule.deepest > N / 4);
  cyto_seeds_sort(seed, N);
  for (uint32_t i = 0; i < N; i++)
    CHECKF(seed[i].count == i, "place %u holds %u", i, seed[i].count);
  free(seed);
  free(rule.value);
}

int main(void) {
  return check_main((CheckTest[]){
      TEST(ties_equal_the_naive_form), TEST(known_order), TEST(bad_pivots_are_not_quadratic), {0}});
}
