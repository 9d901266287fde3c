// One file to POST /up/<purpose>: raw bytes with progress. The limits are the server's; what it refuses is shown here.
import { Alert, Button, Progress } from 'antd'
import { useId, useRef, useState, type DragEvent, type ReactNode } from 'react'
import { Refused, faceName } from './api.ts'

export interface Uploaded {
  file_id: string
  name: string
  size_bytes: number
}
interface Props {
  purpose: string
  /** '.xlsx,.xls,.csv' */
  accept?: string
  label?: string
  hint?: string
  disabled?: boolean
  /** Made anew in the browser before it is sent; what it throws is shown. */
  prepare?: (file: File) => Promise<File>
  onDone: (file: Uploaded) => void
}

export function Upload({ purpose, accept, label, hint, disabled, prepare, onDone }: Props) {
  const [progress, setProgress] = useState<number>()
  const [error, setError] = useState<Refused | null>(null)
  const [name, setName] = useState('')
  const take = async (file: File) => {
    setError(null)
    setName(file.name)
    setProgress(0)
    try {
      onDone(await sendFile(purpose, prepare ? await prepare(file) : file, setProgress))
    } catch (e) {
      setError(e instanceof Refused ? e : new Refused(0, { error: 'kernel.fault', message: '没有上传成功' }))
    } finally {
      setProgress(undefined)
    }
  }
  return (
    <PickFile accept={accept} label={label} hint={hint} disabled={disabled} busy={progress !== undefined} onPick={take}>
      {progress === undefined ? null : <Progress percent={progress} size="small" aria-label={`正在上传 ${name}`} />}
      {error ? <Alert type="error" showIcon role="alert" title={error.message} /> : null}
    </PickFile>
  )
}

interface Pick {
  accept?: string | undefined
  label?: string | undefined
  hint?: string | undefined
  disabled?: boolean | undefined
  busy?: boolean
  onPick: (file: File) => Promise<void>
  children?: ReactNode
}
/** One file chosen or dropped; where it goes is the caller's. */
export function PickFile({ accept, label = '选择文件', hint, disabled, busy = false, onPick, children }: Pick) {
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const take = async (file: File | undefined) => {
    if (!file || busy || disabled) return
    await onPick(file)
    if (input.current) input.current.value = ''
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    void take(e.dataTransfer.files[0])
  }
  return (
    <div className={over ? 'hy-drop hy-drop-over' : 'hy-drop'} onDragOver={(e) => { e.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <input ref={input} id={id} type="file" hidden accept={accept} aria-label={label} onChange={(e) => void take(e.target.files?.[0])} />
      <Button disabled={disabled ?? false} loading={busy} onClick={() => input.current?.click()}>{label}</Button>
      <div className="hy-muted">{hint ?? '也可以把文件拖到这里'}</div>
      {children}
    </div>
  )
}

/** XMLHttpRequest, because fetch still tells nothing of bytes sent. */
export function sendFile(purpose: string, file: File, onProgress: (percent: number) => void): Promise<Uploaded> {
  return new Promise((done, fail) => {
    const x = new XMLHttpRequest()
    x.open('POST', `/up/${purpose}`)
    x.timeout = 10 * 60_000
    x.responseType = 'json'
    x.setRequestHeader('content-type', 'application/octet-stream')
    x.setRequestHeader('x-face', faceName())
    x.setRequestHeader('x-file-name', encodeURIComponent(file.name))
    x.upload.onprogress = (e) => { if (e.lengthComputable) onProgress(Math.round((e.loaded / e.total) * 100)) }
    x.onload = () => (x.status === 200 ? done(x.response as Uploaded) : fail(new Refused(x.status, (x.response as never) ?? { error: 'kernel.fault', message: `没有上传成功 (${x.status})` })))
    x.onerror = () => fail(new Refused(0, { error: 'kernel.offline', message: '网络不通,文件没有上传,请重试' }))
    x.ontimeout = x.onerror
    x.send(file)
  })
}
