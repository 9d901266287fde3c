// The ticket of a car without a plate, kept on the driver's phone until he is out.
const KEY = 'heyuan.parking.ticket'
export function keptTicket(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
export function keepTicket(ticket: string | null): void {
  try {
    if (ticket) localStorage.setItem(KEY, ticket)
    else localStorage.removeItem(KEY)
  } catch {
    // A phone that keeps nothing has the address and the picture of the ticket.
  }
}
/** 限高 2.1 米、限重 2 吨 */
export const sizeText = (v: { max_height_cm: number | null; max_weight_kg: number | null }): string => [v.max_height_cm === null ? '' : `限高 ${v.max_height_cm / 100} 米`, v.max_weight_kg === null ? '' : `限重 ${v.max_weight_kg / 1000} 吨`].filter(Boolean).join('、')
