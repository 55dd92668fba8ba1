# Installs PromptPulse on Windows, brings it to date or takes it away, for the person who runs this. For Windows
# PowerShell 5.1 and PowerShell 7. As a file it takes the parameters below; by Invoke-Expression it installs the latest.
#
#   -To DIR          where the program goes: without it %LOCALAPPDATA%\Programs\PromptPulse
#   -Version X       this version instead of the latest
#   -AllowDowngrade  lets the version named by -Version be older than the one that is there
#   -NoPath          leaves the PATH of this person as it is
#   -Uninstall       ends the collects that run by themselves, and removes the program
#   -KeepSchedule    with -Uninstall: leaves the schedule and the hooks as they are
param(
	[string]$To = '',
	[string]$Version = '',
	[switch]$AllowDowngrade,
	[switch]$NoPath,
	[switch]$Uninstall,
	[switch]$KeepSchedule
)
# One block, so that a part of this script does nothing, and nothing but the parameters stays in the session. It ends by
# an error and not by exit, which would close the window of whoever has pasted it. Where .NET does what a command of
# PowerShell does too, there is a reason: Windows PowerShell that was started from a newer one may find only the newer
# one's modules, which it cannot load, and its Remove-Item follows links out of a folder that is to be removed.
& {
	Set-StrictMode -Version 2.0
	$ErrorActionPreference = 'Stop'
	# Of programs the exit code is looked at here.
	$PSNativeCommandUseErrorActionPreference = $false

	# A release writes here where it is downloaded from, the keys that may sign it, and its version.
	$DownloadUrl = ''
	$Signers = ''
	$OwnVersion = ''

	$Build = 'promptpulse-windows-x64.exe'
	# What every PromptPulse has in it, and no other program.
	$Mark = 'PROMPTPULSE_GRANULARITY'
	$VersionForm = '\A[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[0-9A-Za-z]{1,32}(\.[0-9A-Za-z]{1,32}){0,8})?\z'
	$Attempts = 3
	$StalledMs = 30000
	$LongestSeconds = 1800
	$Small = 1MB
	$Large = 512MB

	function Install-Program {
		$base = Get-Base
		if (-not [Environment]::Is64BitOperatingSystem) {
			throw 'This system is a 32-bit one, and there is no PromptPulse for these: it needs a 64-bit Windows.'
		}
		if ($Signers -ne '' -and -not (Get-Command ssh-keygen -CommandType Application -ErrorAction SilentlyContinue)) {
			throw 'ssh-keygen is not here, and it is needed to check the signature of what is downloaded. Install the OpenSSH client, an optional feature of Windows, then try again.'
		}
		$there = Get-VersionThere
		if ($Version -ne '') { Deny-Downgrade $Version $there }
		Write-Host "Downloading $Build from $base"
		$sums = Get-Sums $base
		if (($there -match $VersionForm) -and ((Get-Sum $target) -eq $sums[$Build])) {
			Install-ShortName
			Write-Host "PromptPulse $there is in $folder already."
		} else {
			$new = Get-Program $base $sums
			$found = Get-VersionOf $new
			Assert-Version $found $there
			Move-IntoPlace $new $target
			Install-ShortName
			Write-Host "PromptPulse $found is in $folder."
		}
		if (-not $NoPath) { Add-ToPath }
	}

	function Get-Base {
		$base = $DownloadUrl
		if ($env:PROMPTPULSE_DOWNLOAD_URL) { $base = $env:PROMPTPULSE_DOWNLOAD_URL }
		if ($base -eq '') {
			throw 'This installer belongs to no release, so it does not know where to download from. Set PROMPTPULSE_DOWNLOAD_URL to an address such as https://example.com/promptpulse/releases.'
		}
		$base = $base.TrimEnd('/')
		$isSafe = $base -cmatch '\Ahttps://[A-Za-z0-9][A-Za-z0-9._~:/%+-]*\z'
		$isLocal = $base -cmatch '\Ahttp://(127\.0\.0\.1|localhost)([:/][A-Za-z0-9._~:/%+-]*)?\z'
		if (-not ($isSafe -or $isLocal)) {
			throw "The address $base is not one of https, and programs are downloaded over nothing else."
		}
		if ($Version -ne '') { return "$base/download/v$Version" }
		return "$base/latest/download"
	}

	# What is there: its version, 'a broken one', or nothing. What is not ours is refused.
	function Get-VersionThere {
		if (-not (Test-Path -LiteralPath $target)) { return '' }
		if (-not (Test-Ours $target)) {
			throw "$target is there, and it is no PromptPulse. Move it away, or name another folder with -To."
		}
		$found = Get-VersionOf $target
		if ($found -eq '') { return 'a broken one' }
		return $found
	}

	function Test-Ours([string]$File) {
		$item = Get-Item -LiteralPath $File -Force
		$isLink = ($item.Attributes -band [IO.FileAttributes]::ReparsePoint) -ne 0
		if ($item.PSIsContainer -or $isLink) { return $false }
		$latin = [Text.Encoding]::GetEncoding(28591)
		$stream = [IO.File]::Open($File, 'Open', 'Read', 'ReadWrite, Delete')
		try {
			$piece = New-Object byte[] 4MB
			$before = ''
			while (($count = $stream.Read($piece, 0, $piece.Length)) -gt 0) {
				$text = $before + $latin.GetString($piece, 0, $count)
				if ($text.IndexOf($Mark, [StringComparison]::Ordinal) -ge 0) { return $true }
				# It may lie across two pieces.
				$before = $text.Substring([Math]::Max(0, $text.Length - $Mark.Length))
			}
			return $false
		} finally { $stream.Dispose() }
	}

	# What a program says that it is, or nothing where it says something else.
	function Get-VersionOf([string]$File) {
		# What it says beside its version is no reason to stop.
		$ErrorActionPreference = 'Continue'
		try { $said = (& $File --version 2>$null | Out-String).Trim() } catch { $said = '' }
		if ($said -match $VersionForm) { return $said }
		return ''
	}

	function Test-Older([string]$One, [string]$Other) {
		$first, $firstRest = $One -split '-', 2
		$second, $secondRest = $Other -split '-', 2
		if ([version]$first -ne [version]$second) { return [version]$first -lt [version]$second }
		if (-not $firstRest -or -not $secondRest) { return [bool]$firstRest }
		$ones = $firstRest -split '\.'
		$others = $secondRest -split '\.'
		for ($i = 0; $i -lt [Math]::Min($ones.Length, $others.Length); $i++) {
			# Numbers come before words.
			$a, $b = $ones[$i], $others[$i]
			$isNumber = ($a -match '\A[0-9]+\z'), ($b -match '\A[0-9]+\z')
			if ($isNumber[0] -ne $isNumber[1]) { return $isNumber[0] }
			$order = if ($isNumber[0]) { [bigint]::Parse($a).CompareTo([bigint]::Parse($b)) } else { [string]::CompareOrdinal($a, $b) }
			if ($order -ne 0) { return $order -lt 0 }
		}
		return $ones.Length -lt $others.Length
	}

	function Deny-Downgrade([string]$Found, [string]$There) {
		if (-not $AllowDowngrade -and ($There -match $VersionForm) -and (Test-Older $Found $There)) {
			throw "$target is version $There, and $Found is older: it may not be able to read what the newer one keeps. Nothing was installed. -Version $Found -AllowDowngrade installs it all the same."
		}
	}

	function Get-Sums([string]$Base) {
		$list = Join-Path $work 'SHA256SUMS'
		Save-File "$Base/SHA256SUMS" $list $Small
		if ($Signers -ne '') { Assert-Signature $Base $list }
		$sums = @{}
		foreach ($name in $Build, "$Build.gz") {
			$lines = @([IO.File]::ReadAllLines($list) | Where-Object { $_ -cmatch "\A[0-9a-f]{64} [ *]$([regex]::Escape($name))\z" })
			if ($lines.Length -ne 1) {
				throw "The list of checksums at $Base does not name $name once, so there is nothing to check it by."
			}
			$sums[$name] = $lines[0].Substring(0, 64)
		}
		return $sums
	}

	function Assert-Signature([string]$Base, [string]$List) {
		Save-File "$Base/SHA256SUMS.sig" "$List.sig" $Small
		$known = Join-Path $work 'signers'
		[IO.File]::WriteAllText($known, $Signers.Replace("`r", '') + "`n")
		$words = '-Y', 'verify', '-f', "`"$known`"", '-I', 'promptpulse', '-n', 'promptpulse-release', '-s', "`"$List.sig`""
		# A pipe would change the bytes on their way.
		$run = Start-Process ssh-keygen -ArgumentList $words -RedirectStandardInput $List -NoNewWindow -Wait -PassThru
		if ($run.ExitCode -ne 0) {
			throw "The signature of the release at $Base is not by a key that this installer knows, or this ssh-keygen is too old to tell; what it says itself stands above. Nothing was installed."
		}
	}

	function Save-File([string]$Url, [string]$File, [long]$Largest) {
		for ($attempt = 1; ; $attempt++) {
			try { return Save-FileOnce $Url $File $Largest } catch {
				$status = $_.Exception.Data['status']
				$isFinal = ($status -is [string]) -or ($status -ge 400 -and $status -lt 500 -and $status -notin 408, 429)
				if ($isFinal -or $attempt -ge $Attempts) {
					throw "$Url could not be downloaded: $($_.Exception.Message) Nothing was changed."
				}
				Start-Sleep -Seconds $attempt
			}
		}
	}

	function New-Failure([string]$Sentence, $Status) {
		$failure = New-Object InvalidOperationException $Sentence
		$failure.Data['status'] = $Status
		return $failure
	}

	# Follows redirects itself, because each has to lead to https.
	function Save-FileOnce([string]$Url, [string]$File, [long]$Largest) {
		[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
		$until = [DateTime]::UtcNow.AddSeconds($LongestSeconds)
		for ($hop = 0; $hop -le 5; $hop++) {
			$request = [Net.WebRequest]::Create($Url)
			$request.AllowAutoRedirect = $false
			# Some servers answer nobody who does not say what is asking.
			$request.UserAgent = 'promptpulse-installer'
			$request.Timeout = $StalledMs
			$request.ReadWriteTimeout = $StalledMs
			try { $response = $request.GetResponse() } catch {
				# PowerShell puts what went wrong into an exception of its own.
				$failure = $_.Exception
				while ($failure.InnerException -and $failure -isnot [Net.WebException]) { $failure = $failure.InnerException }
				$status = if ($failure -is [Net.WebException] -and $failure.Response) { [int]$failure.Response.StatusCode } else { 0 }
				throw (New-Failure $failure.Message $status)
			}
			try {
				$status = [int]$response.StatusCode
				if ($status -in 301, 302, 303, 307, 308) {
					$Url = (New-Object Uri ([Uri]$Url), $response.Headers['Location']).AbsoluteUri
					if (-not $Url.StartsWith('https://')) { throw (New-Failure 'It leads elsewhere than over https.' 'refused') }
					continue
				}
				if ($status -ne 200) { throw (New-Failure "The answer was $status." $status) }
				$source = $response.GetResponseStream()
				$sink = [IO.File]::Create($File)
				try {
					$piece = New-Object byte[] 64KB
					$length = 0
					while (($count = $source.Read($piece, 0, $piece.Length)) -gt 0) {
						$sink.Write($piece, 0, $count)
						$length += $count
						if ($length -gt $Largest) { throw (New-Failure 'It is larger than such a file is.' 'refused') }
						if ([DateTime]::UtcNow -gt $until) { throw (New-Failure 'It took too long.' 'refused') }
					}
				} finally { $sink.Dispose() }
				if ($response.ContentLength -ge 0 -and $length -ne $response.ContentLength) { throw (New-Failure 'It came incomplete.' 0) }
				return
			} finally { $response.Close() }
		}
		throw (New-Failure 'It leads on too often.' 'refused')
	}

	function Get-Sum([string]$File) {
		# The system's own, which is there where the machine takes only certified ones.
		$hasher = New-Object Security.Cryptography.SHA256CryptoServiceProvider
		$stream = [IO.File]::Open($File, 'Open', 'Read', 'ReadWrite, Delete')
		try { return [BitConverter]::ToString($hasher.ComputeHash($stream)).Replace('-', '').ToLowerInvariant() } finally {
			$stream.Dispose()
			$hasher.Dispose()
		}
	}

	function Assert-Sum([string]$File, [string]$Sum) {
		if ((Get-Sum $File) -ne $Sum) {
			throw "$(Split-Path -Leaf $File) is not what the list of checksums says: it came incomplete, or it is not what was published. Nothing was installed. A release may just be coming out: try again in some minutes."
		}
	}

	# The program as it was published, on disk.
	function Get-Program([string]$Base, [hashtable]$Sums) {
		$packed = Join-Path $work "$Build.gz"
		$new = Join-Path $work $Build
		Save-File "$Base/$Build.gz" $packed $Large
		Assert-Sum $packed $Sums["$Build.gz"]
		$source = New-Object IO.Compression.GZipStream ([IO.File]::OpenRead($packed)), ([IO.Compression.CompressionMode]::Decompress)
		$sink = [IO.File]::Create($new)
		try {
			$source.CopyTo($sink)
			$sink.Flush($true)
		} finally {
			$sink.Dispose()
			$source.Dispose()
		}
		Assert-Sum $new $Sums[$Build]
		return $new
	}

	function Assert-Version([string]$Found, [string]$There) {
		if ($Found -eq '') { throw "The program $Build does not run here, so nothing was installed." }
		if ($Version -ne '' -and $Found -ne $Version) {
			throw "Version $Version was asked for, and what came says that it is $Found. Nothing was installed."
		}
		if ($Version -eq '' -and $OwnVersion -ne '' -and (Test-Older $Found $OwnVersion)) {
			throw "What is there as the latest version is $Found, and this installer is of $OwnVersion. Nothing was installed."
		}
		Deny-Downgrade $Found $There
	}

	# A program that runs can be renamed, but neither overwritten nor removed. What stays, the next installer removes.
	function Move-Aside([string]$Place) {
		$aside = "$Place.$([Guid]::NewGuid().ToString('N')).old"
		[IO.File]::Move($Place, $aside)
		return $aside
	}

	function Remove-Program([string]$Place) {
		Remove-Item -LiteralPath (Move-Aside $Place) -Force -ErrorAction SilentlyContinue
	}

	function Move-IntoPlace([string]$New, [string]$Place) {
		if (-not (Test-Path -LiteralPath $Place)) { return [IO.File]::Move($New, $Place) }
		$aside = Move-Aside $Place
		try { [IO.File]::Move($New, $Place) } catch {
			[IO.File]::Move($aside, $Place)
			throw
		}
		Remove-Item -LiteralPath $aside -Force -ErrorAction SilentlyContinue
	}

	function Install-ShortName {
		if ((Test-Path -LiteralPath $short) -and -not (Test-Ours $short)) {
			return Write-Host "The short name ppulse was left out: $short is something else already."
		}
		$new = Join-Path $work 'ppulse.exe'
		try { $null = New-Item -ItemType HardLink -Path $new -Value $target } catch { Copy-Item -LiteralPath $target -Destination $new }
		Move-IntoPlace $new $short
	}

	# The PATH of the person as it is written, in which names of variables stay names.
	function Get-UserPath {
		$path = [string](Get-Item 'HKCU:\Environment').GetValue('Path', '', 'DoNotExpandEnvironmentNames')
		return $path -split ';' | Where-Object { $_ -ne '' }
	}

	function Set-UserPath([string[]]$Folders) {
		$variables = Get-Item 'HKCU:\Environment'
		$kind = if ($variables.GetValueNames() -contains 'Path') { $variables.GetValueKind('Path') } else { 'ExpandString' }
		Set-ItemProperty 'HKCU:\Environment' -Name Path -Value ($Folders -join ';') -Type $kind
		# To change a variable in this way tells other programs that something has changed.
		[Environment]::SetEnvironmentVariable('PROMPTPULSE_INSTALLED', $null, 'User')
	}

	function Add-ToPath {
		if (($env:Path -split ';') -contains $folder) { return Write-Host 'Run promptpulse, or ppulse for short.' }
		$folders = @(Get-UserPath)
		if ($folders -notcontains $folder) { Set-UserPath ($folders + $folder) }
		Write-Host 'That folder is on your PATH in every window that you open from now on. Run promptpulse there, or ppulse for short.'
	}

	function Uninstall-Program {
		$there = Get-VersionThere
		if ($there -eq '') { return Write-Host "There is no PromptPulse in $folder. If it is in another folder, name that with -To." }
		if (-not $KeepSchedule) { Remove-Schedule $there }
		if ((Test-Path -LiteralPath $short) -and (Test-Ours $short)) { Remove-Program $short }
		Remove-Program $target
		$folders = @(Get-UserPath)
		if (-not $NoPath -and $folders -contains $folder) { Set-UserPath @($folders | Where-Object { $_ -ne $folder }) }
		Write-Host "PromptPulse is no longer in $folder."
		Write-Host 'What it has counted stays, in .promptpulse in your home or the folder of PROMPTPULSE_HOME: remove that folder too if nothing is to stay.'
	}

	function Remove-Schedule([string]$There) {
		if ($There -notmatch $VersionForm) {
			return Write-Host 'This PromptPulse does not run, so it could not take away a schedule. If there is one, it stays.'
		}
		& $target setup --remove --hook
		if ($LASTEXITCODE -ne 0) {
			throw 'What collects by itself could not be taken away, so nothing was removed; the lines above say why. Mend that and try again, or leave it as it is with -KeepSchedule.'
		}
	}

	# Whoever may write there could put another program in the place of this one, now or later. To a folder that was made
	# right under C:\, and not changed since, everyone may.
	function Deny-OpenFolder {
		# Everyone, who has logged in in some way, users, guests, and the same of a domain.
		$many = '\AS-1-(1-0|5-(2|4|7|11|32-54[56]|21-[0-9-]+-51[345]))\z'
		# To make or remove something in it, to change who may, and either of the two that stand for all of this.
		$writing = 0x500D0046
		$access = New-Object Security.AccessControl.DirectorySecurity $folder, 'Access'
		foreach ($rule in $access.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
			$mayWrite = ([int]$rule.FileSystemRights -band $writing) -ne 0
			if ($mayWrite -and $rule.AccessControlType -eq 'Allow' -and $rule.IdentityReference.Value -match $many) {
				throw "Others on this machine may write to $folder, so they could put another program there. Nothing was changed. Name another folder with -To, or none: the usual one is yours alone."
			}
		}
	}

	# A link in the folder, or in the place of the folder, is removed as a link.
	function Remove-Folder([string]$Path) {
		if ([IO.Directory]::Exists($Path)) { [IO.Directory]::Delete($Path, $true) }
	}

	if ([Environment]::OSVersion.Platform -ne 'Win32NT') {
		throw 'This is the installer for Windows. On macOS and Linux run install.sh.'
	}
	if ($Version.StartsWith('v')) { $Version = $Version.Substring(1) }
	if ($Version -ne '' -and $Version -notmatch $VersionForm) { throw "$Version is no version: write it as 1.2.3." }
	if ($AllowDowngrade -and $Version -eq '') { throw '-AllowDowngrade needs -Version and the version to go back to.' }
	$folder = $To
	if ($folder -eq '' -and $env:PROMPTPULSE_INSTALL_DIR) { $folder = $env:PROMPTPULSE_INSTALL_DIR }
	if ($folder -eq '') { $folder = Join-Path $env:LOCALAPPDATA 'Programs\PromptPulse' }
	$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($folder).TrimEnd('\')
	$target = Join-Path $folder 'promptpulse.exe'
	$short = Join-Path $folder 'ppulse.exe'
	$work = Join-Path $folder '.promptpulse-install.work'
	try {
		$null = [IO.Directory]::CreateDirectory($folder)
		# The system lets go of it when this process ends, however it ends.
		$lock = New-Object IO.FileStream (Join-Path $folder '.promptpulse-install'), 'OpenOrCreate', 'ReadWrite', 'None', 1, ([IO.FileOptions]::DeleteOnClose)
	} catch {
		throw "Nothing can be written to $folder, or another installer is at work there. Name another folder with -To, or try again when it has ended."
	}
	# With these a program would be something else than itself.
	$kept = $env:BUN_BE_BUN, $env:BUN_OPTIONS
	try {
		Deny-OpenFolder
		$env:BUN_BE_BUN = $null
		$env:BUN_OPTIONS = $null
		# What a killed installer and programs that ran then have left.
		Remove-Folder $work
		foreach ($name in 'promptpulse', 'ppulse') {
			Get-ChildItem -LiteralPath $folder -Filter "$name.exe.*.old" | Remove-Item -Force -ErrorAction SilentlyContinue
		}
		if ($Uninstall) { Uninstall-Program } else {
			$null = [IO.Directory]::CreateDirectory($work)
			Install-Program
		}
	} finally {
		$env:BUN_BE_BUN = $kept[0]
		$env:BUN_OPTIONS = $kept[1]
		# What cannot be removed yet, the next installer removes; what went wrong before that is to be told.
		try { Remove-Folder $work } catch { Write-Verbose "$_" }
		$lock.Dispose()
		# Some window may stand in it.
		try { if (-not (Get-ChildItem -LiteralPath $folder -Force)) { [IO.Directory]::Delete($folder) } } catch { Write-Verbose "$_" }
	}
}
