// Taking a door or a card from somebody for money owed is refused by its own words (民法典 944: nobody is pressed for a fee by what he needs to live).
import type { Scope } from '../../../kernel/scope.ts'

const DEBT = /欠费|欠缴|拖欠|欠物业|未缴|没缴|未交费|没交|物业费|催缴|违约金|滞纳/
export function refuseDebt(scope: Scope, reason: string): void {
  if (DEBT.test(reason)) throw scope.refuse('doors.debt_is_no_reason')
}
