import { identity } from '../../modules/identity/contract.ts'
import { asRefused, readNow } from '../../ui/api.ts'
import { toast } from '../../ui/feedback.tsx'

/** Ends the session and starts from an empty page, so that nothing of this person stays in memory. */
export async function signOut(): Promise<void> {
  try {
    await readNow(identity.signOut, {})
  } catch (error) {
    const refused = asRefused(error)
    if (refused.code !== 'kernel.not_signed_in') return toast.refused(refused)
  }
  location.assign('/admin/')
}
