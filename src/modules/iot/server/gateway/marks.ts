// What is alarmed and not over, as `company source kind`, kept in memory beside the database. Reading it anew must not undo what was decided while
// it was read, or whose deed is still on its way: a mark that is lost so is an alarm that nothing ever clears.
export class Marks {
  private readonly set = new Set<string>()
  private readonly pending = new Map<string, number>()
  /** Decided since the reading began. */
  private own = new Set<string>()
  has(mark: string): boolean {
    return this.set.has(mark)
  }
  add(mark: string): void {
    this.set.add(mark)
    this.own.add(mark)
  }
  /** Whether it was there. */
  delete(mark: string): boolean {
    this.own.add(mark)
    return this.set.delete(mark)
  }
  /** A deed about it waits or is at work, until `done`. */
  begin(mark: string): void {
    this.pending.set(mark, (this.pending.get(mark) ?? 0) + 1)
  }
  done(mark: string): void {
    const n = this.pending.get(mark)! - 1
    if (n > 0) this.pending.set(mark, n)
    else this.pending.delete(mark)
    this.own.add(mark)
  }
  /** Before the database is asked; one reading at a time. */
  reading(): void {
    this.own = new Set(this.pending.keys())
  }
  read(company_id: number, open: readonly string[]): void {
    for (const m of this.set) if (m.startsWith(`${company_id} `) && !this.own.has(m)) this.set.delete(m)
    for (const m of open) if (!this.own.has(m)) this.set.add(m)
    this.own.clear()
  }
}
