// One config for the three faces; tools/build.ts says which. `vite --mode` is not used: development builds through tools/build.ts --watch.
import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import type { InlineConfig } from 'vite'
import { isPhone, phonePwa } from './tools/phone_pwa.ts'

export const FACES = ['admin', 'resident', 'staff'] as const
export type FaceName = (typeof FACES)[number]

export function faceConfig(root: string, face: FaceName, out_dir: string, watch = false): InlineConfig {
  return {
    configFile: false,
    root: join(root, 'src', 'apps', face),
    base: `/${face}/`,
    publicDir: false,
    cacheDir: join(root, 'node_modules', '.cache', `vite-${face}`),
    logLevel: 'warn',
    clearScreen: false,
    plugins: [react(), ...(isPhone(face) ? [phonePwa(root, face)] : [])],
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    build: {
      outDir: out_dir,
      emptyOutDir: true,
      target: 'es2022',
      // Data URLs are not needed and small files compress better together.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1500,
      ...(watch ? { watch: {} } : {}),
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|@tanstack)[\\/]/, priority: 30 },
              { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 20 },
            ],
          },
        },
      },
    },
  }
}
export default faceConfig(import.meta.dirname, 'admin', join(import.meta.dirname, 'dist', 'admin'))
