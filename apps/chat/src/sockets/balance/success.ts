/** With so many it begins: where something in front sends them back, no more are disturbed. */
const first = 5;
const returnsMin = 3;
/** The first pause, and the longest, in looks. */
const pauseMin = 6;
const pauseMax = 120;

/** Whether asking helps: those who were asked go elsewhere, or come back because the balancer in front sends them here. */
export class Success {
  asked = 0;
  left = 0;
  returned = 0;
  private pause = pauseMin;

  begin(): void {
    this.asked = this.left = this.returned = 0;
  }

  /** How many may be asked now: a few, then more with each who went elsewhere. */
  get mayAsk(): number {
    return Math.max(0, first + 3 * (this.left - this.returned) - this.asked);
  }

  /** Where most come back, gives for how many looks nobody is to be asked: longer each time, until it helps again. */
  pauseLooks(): number {
    if (this.returned < returnsMin || this.returned * 2 <= this.asked) {
      if (this.left > this.returned) this.pause = pauseMin;
      return 0;
    }
    const looks = this.pause;
    this.pause = Math.min(pauseMax, this.pause * 2);
    return looks;
  }
}
