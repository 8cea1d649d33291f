"""Effects of a change of law on an outcome counted by place and period: difference-in-differences with staggered dates."""
