// Who is there? Nobody: first run or sign-in, at the address that was asked for. Somebody: the face.
import { Modal, Spin } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { identity, type Me } from '../../modules/identity/contract.ts'
import { keyOf, listen, queries, useRead } from '../../ui/api.ts'
import { ErrorBlock } from '../../ui/states.tsx'
import { Face } from './Face.tsx'
import { FirstRunPage } from './FirstRunPage.tsx'
import { MustChangePage } from './MustChangePage.tsx'
import { SignInForm, SignInPage } from './SignInPage.tsx'

export function Gate() {
  const me = useRead(identity.me, {}, { stale_ms: 60_000 })
  const [expired, setExpired] = useState(false)
  const known = me.data
  const signed_out = !known && me.error?.code === 'kernel.not_signed_in'
  const first = useRead(identity.firstRun, {}, { enabled: signed_out })
  useEffect(() => listen({ expired: () => setExpired(true) }), [])
  const begin = useCallback(() => {
    setExpired(false)
    queries.removeQueries({ predicate: (q) => q.queryKey[0] !== identity.me.name })
    me.retry()
  }, [me])

  if (known) return <Known me={known} expired={expired} signedIn={() => void signedInAgain(known, () => setExpired(false))} />
  if (signed_out && first.data) return first.data.needed ? <FirstRunPage signedIn={begin} /> : <SignInPage mode={first.data.mode} signedIn={begin} />
  if (me.error && !signed_out) return <main><ErrorBlock error={me.error} retry={me.retry} /></main>
  if (first.error) return <main><ErrorBlock error={first.error} retry={first.retry} /></main>
  return <main className="ad-wait" aria-label="正在打开"><Spin size="large" /></main>
}

function Known({ me, expired, signedIn }: { me: Me; expired: boolean; signedIn: () => void }) {
  if (me.must_change) return <MustChangePage name={me.name} />
  return (
    <>
      <Face me={me} />
      {/* Over the page, so that what was being typed is still there afterwards. */}
      <Modal open={expired} title="登录已过期" footer={null} closable={false} width={400} destroyOnHidden>
        <p className="ad-expired">请重新登录,页面上未保存的内容会保留。</p>
        <SignInForm signedIn={signedIn} />
      </Modal>
    </>
  )
}

/** The same person goes on; another one starts from a fresh page. */
async function signedInAgain(before: Me, goOn: () => void): Promise<void> {
  await queries.refetchQueries({ queryKey: keyOf(identity.me) })
  const now = queries.getQueryData<Me>(keyOf(identity.me, {}))
  if (!now || now.account_id !== before.account_id || now.company_id !== before.company_id) return location.reload()
  goOn()
  await queries.invalidateQueries()
}
