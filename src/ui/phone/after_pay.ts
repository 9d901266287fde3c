// Where somebody was when he went to pay: the payer's page is another site, so the tab keeps it. Taken once the payment is done.
const KEY = 'heyuan.after_pay'
export interface CameFrom {
  path: string
  label: string
}
export function keepWayBack(from: CameFrom): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(from))
  } catch {
    // A tab that keeps nothing: the sign or the ticket is scanned again.
  }
}
export function wayBack(): CameFrom | null {
  try {
    const v = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as CameFrom | null
    return typeof v?.path === 'string' && v.path.startsWith('/') && typeof v.label === 'string' ? v : null
  } catch {
    return null
  }
}
export function forgetWayBack(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // nothing is kept then
  }
}
