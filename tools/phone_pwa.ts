// Vite plugin: makes a phone face installable. Emits sw.js with the list of the shell's files and a version made of their hashed names,
// the manifest, and the icons under fixed names.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const FACES = {
  resident: { name: '和院业主', short_name: '和院', description: '物业账单、缴费与收据', theme_color: '#0b6b57' },
  staff: { name: '和院员工', short_name: '和院员工', description: '查房、抄表与待办', theme_color: '#0958b3' },
} as const
export type PhoneFace = keyof typeof FACES
export const isPhone = (face: string): face is PhoneFace => face in FACES

const ICONS = ['icon.svg', 'icon-192.png', 'icon-512.png'] as const

export function phonePwa(root: string, face: PhoneFace): Plugin {
  const folder = join(root, 'src', 'apps', face)
  const base = `/${face}/`
  return {
    name: 'heyuan-phone-pwa',
    buildStart() {
      this.emitFile({ type: 'chunk', id: join(root, 'src', 'ui', 'phone', 'sw.ts'), fileName: 'sw.js' })
      for (const icon of ICONS) this.emitFile({ type: 'asset', fileName: icon, source: readFileSync(join(folder, icon)) })
      this.emitFile({ type: 'asset', fileName: 'manifest.webmanifest', source: manifest(base, FACES[face]) })
    },
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('</head>', `  <link rel="manifest" href="${base}manifest.webmanifest">\n    <link rel="icon" href="${base}icon.svg" type="image/svg+xml">\n    <link rel="apple-touch-icon" href="${base}icon-192.png">\n  </head>`),
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const sw = bundle['sw.js']
        if (sw?.type !== 'chunk' || sw.imports.length > 0) throw new Error('sw.js must be one file without imports')
        const files = Object.keys(bundle).filter((f) => f !== 'sw.js' && !/\.(map|png)$/.test(f)).sort()
        const page = bundle['index.html']
        const text = files.join('\n') + (page?.type === 'asset' ? String(page.source) : '')
        const version = createHash('sha256').update(text).update(sw.code).digest('hex').slice(0, 12)
        sw.code = sw.code.replace('__SHELL_FILES__', JSON.stringify(files)).replace('__SHELL_VERSION__', JSON.stringify(version))
      },
    },
  }
}

function manifest(base: string, about: (typeof FACES)[PhoneFace]): string {
  return JSON.stringify({
    ...about,
    id: base,
    lang: 'zh-CN',
    start_url: base,
    scope: base,
    display: 'standalone',
    orientation: 'portrait',
    background_color: '#f4f6f8',
    icons: [
      { src: `${base}icon.svg`, sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
      { src: `${base}icon-192.png`, sizes: '192x192', type: 'image/png', purpose: 'any' },
      { src: `${base}icon-512.png`, sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
    ],
  })
}
