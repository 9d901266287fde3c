// Who is working, and where: given once by the face, read by every page.
import { createContext, useContext } from 'react'

export interface Session {
  account_id: string
  name: string
  /** '*' is the administrator. */
  permissions: readonly string[]
  company_permissions: readonly string[]
  company_kind: 'property' | 'authority'
  version: string
  /** The place chosen in the top bar; undefined is all of them. */
  place_id: string | undefined
  place_name: string
  places: readonly { id: string; name: string }[]
  choosePlace: (id: string | undefined) => void
}
export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const s = useContext(SessionContext)
  if (!s) throw new Error('no session around this page')
  return s
}
export const mayWith = (permissions: readonly string[], needs: string | undefined): boolean => needs === undefined || permissions.includes('*') || permissions.includes(needs)
export type Rights = Pick<Session, 'permissions' | 'company_permissions' | 'company_kind'>
/** What somebody may open, as far as the function and its reach say; each row has its own answer. */
export const mayOpen = (r: Rights, e: { needs?: string; whole?: boolean; of?: Session['company_kind'] }): boolean => (e.of === undefined || e.of === r.company_kind) && mayWith(e.whole ? r.company_permissions : r.permissions, e.needs)
/** `const may = useMay(); may('billing.bill.write')`: to leave out what somebody can never use. A row's own `can` decides about the row. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useSession()
  return (p) => mayWith(permissions, p)
}
/** The place chosen in the top bar: `fixed: { community_id: usePlace().place_id }`. */
export function usePlace(): Pick<Session, 'place_id' | 'place_name' | 'places' | 'choosePlace'> {
  return useSession()
}
