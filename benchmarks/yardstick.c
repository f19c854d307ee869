// Q-learning in C with the duties of a run: PCG64 for the agent and for the world, ties broken evenly, visits, absolute
// TD errors, the trail, action counts and a row for each episode; it may stop after any step.
#include <stdint.h>

typedef unsigned __int128 wide;
typedef struct {
  wide state, increment;
} generator;

static inline double uniform(generator *g) {
  g->state = g->state * (((wide)0x2360ED051FC65DA4ULL << 64) | 0x4385DF649FCCF645ULL) + g->increment;
  uint64_t high = g->state >> 64, folded = high ^ (uint64_t)g->state;
  unsigned rotation = high >> 58;
  return (((folded >> rotation) | (folded << ((64 - rotation) & 63))) >> 11) * 0x1.0p-53;
}

static inline double best(const double *values, int actions) {
  double top = values[0];
  for (int a = 1; a < actions; a++)
    if (values[a] > top) top = values[a];
  return top;
}

static inline int greedy(const double *values, int actions, generator *g) {
  double top = best(values, actions);
  int ties = 0, pick = 0;
  for (int a = 0; a < actions; a++)
    if (values[a] == top) ties++, pick = a;
  if (ties > 1) {
    int skip = (int)(uniform(g) * ties);
    for (pick = -1; skip >= 0;)
      if (values[++pick] == top) skip--;
  }
  return pick;
}

typedef struct {
  int64_t actions, outcomes, certain, step_limit;
  const uint32_t *successor;
  const double *reward, *cumulative, *start;
  const uint8_t *ending;
} world;

typedef struct {
  double *Q, *rows;  // [S, A]; [capacity, 4]: return, length, ending, mean |TD error|
  int64_t *N, *counts, *trail;  // [S, A]; [64, A]; [1024]
  int64_t state, episode_step, episode, step, entered, capacity;
  double total, error;
  uint64_t agent[4], world[4];  // state and increment, the high words first
} run;

// `certain` is given as a constant, so that a world without chance is compiled without a draw.
static inline __attribute__((always_inline)) void learn(const world *w, run *r, int64_t last, int certain, double alpha,
                                                        double discount, double epsilon) {
  generator mine = {((wide)r->agent[0] << 64) | r->agent[1], ((wide)r->agent[2] << 64) | r->agent[3]};
  generator its = {((wide)r->world[0] << 64) | r->world[1], ((wide)r->world[2] << 64) | r->world[3]};
  const int actions = (int)w->actions;
  int64_t s = r->state, t = r->episode_step, n = r->step, entered = r->entered, row = r->episode % r->capacity;
  while (n < last) {
    int64_t recent = r->episode & 63;
    if (t == 0) {
      double u = uniform(&its);
      for (s = 0; w->start[s] <= u; s++) {
      }
      r->trail[entered++ & 1023] = -1 - s;
      r->total = r->error = 0;
      for (int a = 0; a < actions; a++) r->counts[recent * actions + a] = 0;
    }
    int a = uniform(&mine) < epsilon ? (int)(uniform(&mine) * actions) : greedy(r->Q + s * actions, actions, &mine);
    int64_t pair = s * actions + a, outcome = pair * w->outcomes;
    if (!certain) {
      double u = uniform(&its);
      while (w->cumulative[outcome] <= u) outcome++;
    }
    int64_t next = w->successor[outcome];
    double reward = w->reward[outcome];
    int ending = w->ending[outcome];
    t++, n++;
    r->total += reward;
    r->N[pair]++;
    r->counts[recent * actions + a]++;
    r->trail[entered++ & 1023] = next;
    double target = ending ? reward : reward + discount * best(r->Q + next * actions, actions);
    double error = target - r->Q[pair];
    r->Q[pair] += alpha * error;
    r->error += error < 0 ? -error : error;
    s = next;
    if (ending || t >= w->step_limit) {
      double *written = r->rows + 4 * row;
      written[0] = r->total, written[1] = t, written[2] = ending, written[3] = r->error / t;
      t = 0, r->episode++;
      if (++row == r->capacity) row = 0;
    }
  }
  r->state = s, r->episode_step = t, r->step = n, r->entered = entered;
  r->agent[0] = mine.state >> 64, r->agent[1] = (uint64_t)mine.state;
  r->world[0] = its.state >> 64, r->world[1] = (uint64_t)its.state;
}

void advance(const world *w, run *r, int64_t steps, double alpha, double discount, double epsilon) {
  if (w->certain)
    learn(w, r, r->step + steps, 1, alpha, discount, epsilon);
  else
    learn(w, r, r->step + steps, 0, alpha, discount, epsilon);
}
