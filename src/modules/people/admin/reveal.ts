// Full numbers are asked for one by one; each look is kept in the audit.
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { people } from '../contract.ts'

export function useReveal(person_id: string) {
  const [shown, setShown] = useState<{ phone?: string | null; phone2?: string | null; id_number?: string | null }>({})
  const phone = useWrite(people.revealPhone, { invalidates: [] })
  const id = useWrite(people.revealId, { invalidates: [] })
  return {
    shown,
    busy: phone.running || id.running,
    showPhone: async () => {
      const a = await phone.run({ person_id })
      if (a) setShown((s) => ({ ...s, phone: a.phone, phone2: a.phone2 }))
    },
    showId: async () => {
      const a = await id.run({ person_id })
      if (a) setShown((s) => ({ ...s, id_number: a.id_number }))
    },
  }
}
